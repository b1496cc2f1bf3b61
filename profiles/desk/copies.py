"""What a profile on the desk says word for word like another role that is public."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from profiles.guide.findings import Finding
from profiles.models import Edition, InterviewQuestion, Profile, Strength

# Whoever copies a role copies these, and no two roles share one.
PARTS = {"strengths": Strength, "questions": InterviewQuestion}


def copies_of_others(profiles: Iterable[Profile]) -> dict[int, list[Finding]]:
    """Return, by profile, a finding for each text that another public role has too.

    Of each part the first copy is named. The profiles are read with ``for_document``.
    """
    profiles = list(profiles)
    owners = _owners({text for profile in profiles for _path, text in _texts(profile)})
    found: dict[int, dict[str, Finding]] = defaultdict(dict)
    for profile in profiles:
        for path, text in _texts(profile):
            names = [name for role, name in owners.get(text, ()) if role != profile.role_id]
            if names:
                finding = Finding(path, _("dice lo mismo que %(role)s") % {"role": min(names)})
                found[profile.pk].setdefault(path.split(".")[-2], finding)
    return {key: list(by_part.values()) for key, by_part in found.items()}


def _texts(profile: Profile) -> Iterator[tuple[str, str]]:
    own = f"contexts.{profile.context.slug}" if profile.context_id else "base"
    for part in PARTS:
        for place, row in enumerate(getattr(profile, part).all()):
            yield f"{own}.{part}.{place}", row.text


def _owners(texts: Iterable[str]) -> dict[str, set[tuple[int, str]]]:
    """Return the public roles, as (key, name), that have each of ``texts`` in their parts."""
    public = Edition.objects.published().values("profile")
    owner = ("text", "profile__role", "profile__role__name")
    own, *others = (
        model.objects.filter(text__in=texts, profile__in=public).order_by().values_list(*owner)
        for model in PARTS.values()
    )
    found = defaultdict(set)
    for text, role, name in own.union(*others).order_by():
        found[text].add((role, name))
    return found
