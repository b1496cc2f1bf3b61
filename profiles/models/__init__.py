"""What the guide stores. Each class says what one row is."""

from profiles.models.audit import AuditEntry
from profiles.models.edition import ContentVersion, Edition, LoadedDocument
from profiles.models.evidence import Source, TraitTarget
from profiles.models.history import DeskVersion, EntryVersion, Readiness
from profiles.models.interview import InterviewQuestion
from profiles.models.profile import Consideration, Profile, RedFlag, Strength
from profiles.models.role import CareerStep, OccupationalCode, RelatedRole, Role, RoleAlias
from profiles.models.search import SearchTerm, SearchWord
from profiles.models.vocabulary import Archetype, Area, Context, Page, Trait

__all__ = [
    "Archetype",
    "Area",
    "AuditEntry",
    "CareerStep",
    "Consideration",
    "ContentVersion",
    "Context",
    "DeskVersion",
    "Edition",
    "EntryVersion",
    "InterviewQuestion",
    "LoadedDocument",
    "OccupationalCode",
    "Page",
    "Profile",
    "Readiness",
    "RedFlag",
    "RelatedRole",
    "Role",
    "RoleAlias",
    "SearchTerm",
    "SearchWord",
    "Source",
    "Strength",
    "Trait",
    "TraitTarget",
]
