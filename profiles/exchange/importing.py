"""Role documents → drafts on the desk, as an editor's own work: the desk's history undoes it."""

from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction

from profiles.desk.history import keep_roles
from profiles.documents.schema import ProfileDocument, RoleDocument
from profiles.documents.stored import digest
from profiles.exchange.loading import Incoming, Outcome, beside_the_desk, library_for, write
from profiles.models import ContentVersion, Role

IMPORTED = "Se importó de un documento"


@transaction.atomic
def import_roles(
    documents: dict[str, RoleDocument], *, by: User
) -> tuple[dict[str, Outcome], list[Role]]:
    """Write role documents over the desk; return what became of each, and the roles it wrote.

    A profile that a document lacks stays as it is, and nothing is published. Raises DocumentError.
    """
    ContentVersion.hold()
    library = library_for(documents)
    items = beside_the_desk(documents, library)
    if not by.has_perm("profiles.publish_profile"):
        items = [_with_own_reviews(item) for item in items]
    outcomes = {item.name: _outcome(item) for item in items}
    changed = [item for item in items if outcomes[item.name] is not Outcome.UNCHANGED]
    roles = write(changed, library)
    keep_roles([role.pk for role in roles], by=by, why=IMPORTED)
    return outcomes, roles


def _outcome(item: Incoming) -> Outcome:
    if item.role is None:
        return Outcome.CREATED
    if item.desk is None:
        return Outcome.UPDATED
    named = {slug: p for slug, p in item.desk.contexts.items() if slug in item.document.contexts}
    desk = item.desk.model_copy(update={"contexts": named})
    return Outcome.UNCHANGED if digest(desk) == digest(item.document) else Outcome.UPDATED


def _with_own_reviews(item: Incoming) -> Incoming:
    """Keep the desk's dates of review: a date says that somebody who may reviewed the profile."""

    def reviewed_as(profile: ProfileDocument, former: ProfileDocument | None) -> ProfileDocument:
        return profile.model_copy(update={"reviewed_on": former and former.reviewed_on})

    desk, document = item.desk, item.document
    sizes = document.contexts.items()
    contexts = {s: reviewed_as(profile, desk and desk.contexts.get(s)) for s, profile in sizes}
    parts = {"base": reviewed_as(document.base, desk and desk.base), "contexts": contexts}
    return replace(item, document=document.model_copy(update=parts))
