"""The two groups of the desk and what each may do."""

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

READ = ("profile", "role", "edition", "area", "context", "trait", "archetype", "source", "page")
PARTS = (
    *("traittarget", "strength", "redflag", "consideration", "interviewquestion", "outcome"),
    *("requirement", "levelnote", "screeningquestion", "worksample", "referencequestion"),
)
FACTS = ("rolealias", "relatedrole", "careerstep", "occupationalcode", "neartitle")
LIVE = ("area", "context", "archetype", "source", "page")


def _names(actions, models):
    return {f"{action}_{model}" for model in models for action in actions}


WRITE = (
    _names(["view"], READ)
    | _names(["add", "change"], ["profile", "role"])
    | _names(["add", "change", "delete", "view"], [*PARTS, *FACTS])
)
PUBLISH = (
    {"publish_profile", "change_trait"}
    | _names(["delete"], ["profile", "role"])
    | _names(["add", "change", "delete"], LIVE)
)
GROUPS = {"Redacción": WRITE, "Edición": WRITE | PUBLISH}
# Nothing that these allow is public at once or concerns other accounts.
WRITERS_RIGHTS = {f"profiles.{name}" for name in WRITE}


def make_groups(sender, *, using="default", **kwargs):
    """Make the groups that are missing; what somebody took from one or gave it stays."""
    missing = set(GROUPS) - set(Group.objects.using(using).values_list("name", flat=True))
    if not missing:
        return
    # Django makes them after each migration too, but not before this.
    create_permissions(sender, using=using, verbosity=0)
    rights = Permission.objects.using(using).filter(content_type__app_label="profiles")
    for name in missing:
        group = Group.objects.using(using).create(name=name)
        group.permissions.set(rights.filter(codename__in=GROUPS[name]))
