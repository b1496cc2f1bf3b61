"""What a release before 1.0 knew beside its exported documents → rows: see docs/upgrade.md.

``manage.py shell`` reads it; STATES names the file that ``states_before_1_0.py`` wrote.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils.dateparse import parse_datetime

from profiles.desk.history import facts_under_live_names
from profiles.desk.library import by_keys
from profiles.desk.publishing import frozen
from profiles.desk.readiness import Draft
from profiles.desk.rows import VOCABULARY
from profiles.documents.stored import parts_digest, stored_profile
from profiles.models import Edition, Profile, Role, RoleAlias, Version

# What is no part of a Draft and comes as it was.
KEPT = ("number", "reason", "author_name", "reviewer_name")
AS_PUBLISHED = "Se publicó en la versión anterior del sitio"


def carry_over(states: dict[str, Any]) -> None:
    """Give the loaded desk what ``states`` say: who wrote what, what was published, what edited.

    Nothing that an editor wrote is taken for a file's: the next load leaves it.
    """
    for section, slugs in states["edited"].items():
        model = Role if section == "roles" else VOCABULARY[section][0]
        model.objects.filter(slug__in=slugs).update(loaded_digest="")
    people = {user.get_username(): user for user in User.objects.all()}
    former = RoleAlias.objects.filter(name="").select_related("role")
    roles = {row.slug: row.role for row in former} | Role.objects.in_bulk(field_name="slug")
    profiles = Profile.objects.select_related("role__area", "context")
    for state in states["profiles"]:
        profile = profiles.get(role__slug=state["role"], context__slug=state["context"])
        profile.state = state["state"]
        profile.author, profile.reviewer = map(people.get, (state["author"], state["reviewer"]))
        _carry_editions(profile, state["editions"], people, roles)
    profiles.note_newest(profiles.values("pk"))


def _carry_editions(
    profile: Profile, editions: list[dict], people: dict[str, User], roles: dict[str, Role]
) -> None:
    # The texts that were published come first in the history, the desk's last.
    profile.versions.update(number=F("number") + len(editions))
    profile.version += len(editions)
    profile.editions_made = max((edition["number"] for edition in editions), default=0)
    profile.save()
    drafts = [_draft(profile, edition, roles) for edition in editions]
    versions = Version.objects.bulk_create(_versions(drafts, editions, people))
    Edition.objects.bulk_create(
        Edition(
            **frozen(draft) | {name: edition[name] for name in KEPT},
            version=version,
            published_from=parse_datetime(edition["published_from"]),
            published_until=parse_datetime(edition["published_until"] or ""),
            published_by=people.get(edition["published_by"]),
        )
        for draft, version, edition in zip(drafts, versions, editions, strict=True)
    )


def _draft(profile: Profile, edition: dict[str, Any], roles: dict[str, Role]) -> Draft:
    """Return what was published as if it stood on the desk."""
    in_context = profile.context_id is not None
    document = stored_profile(edition["document"], in_context=in_context)
    if in_context:
        return Draft(profile, document, None, parts_digest(document, None))
    facts = facts_under_live_names(profile.role, edition["facts"])
    return Draft(profile, document, facts, parts_digest(document, by_keys(facts, roles)))


def _versions(
    drafts: list[Draft], editions: list[dict], people: dict[str, User]
) -> Iterable[Version]:
    for number, (draft, edition) in enumerate(zip(drafts, editions, strict=True), start=1):
        yield Version(
            row=draft.profile,
            number=number,
            document=draft.kept,
            who=people.get(edition["published_by"]),
            when=parse_datetime(edition["published_from"]),
            why=AS_PUBLISHED,
        )


with transaction.atomic():
    carry_over(json.loads(Path(os.environ["STATES"]).read_text(encoding="utf-8")))
