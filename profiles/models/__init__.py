"""What the guide stores. Each class says what one row is."""

from profiles.models.audit import AuditEntry
from profiles.models.evidence import Source, TraitTarget
from profiles.models.hire import (
    LevelNote,
    Outcome,
    ReferenceQuestion,
    Requirement,
    ScreeningQuestion,
    WorkSample,
)
from profiles.models.history import Version
from profiles.models.interview import InterviewQuestion
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

__all__ = [
    "Archetype",
    "Area",
    "AuditEntry",
    "CareerStep",
    "Consideration",
    "ContentVersion",
    "Context",
    "Edition",
    "InterviewQuestion",
    "LevelNote",
    "MissingTitle",
    "NearTitle",
    "OccupationalCode",
    "Outcome",
    "Page",
    "Profile",
    "RedFlag",
    "ReferenceQuestion",
    "RelatedRole",
    "Requirement",
    "Role",
    "RoleAlias",
    "ScreeningQuestion",
    "Source",
    "Strength",
    "Trait",
    "TraitTarget",
    "Version",
    "WorkSample",
]
