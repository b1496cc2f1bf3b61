"""What the guide stores. Each class says what one row is."""

from profiles.models.audit import AuditEntry
from profiles.models.evidence import Source, TraitTarget
from profiles.models.hire import (
    InterviewQuestion,
    LevelNote,
    Outcome,
    ReferenceQuestion,
    Requirement,
    ScreeningQuestion,
    WorkSample,
)
from profiles.models.history import Version
from profiles.models.profile import Consideration, Profile, RedFlag, Strength
from profiles.models.role import (
    CareerStep,
    NearTitle,
    OccupationalCode,
    RelatedRole,
    Role,
    RoleAlias,
)
from profiles.models.search import MissingTitle
from profiles.models.shelf import ContentVersion, Edition
from profiles.models.vocabulary import Archetype, Area, Context, Page, Trait
