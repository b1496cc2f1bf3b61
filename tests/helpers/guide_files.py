"""Role documents as files in a folder, and what the commands do to the rows."""

from io import StringIO

from django.apps import apps
from django.core.management import call_command

from profiles.documents.schema import RoleDocument
from tests.helpers.factories import make_role_document


def role_document(slug="data-tester", **changes) -> RoleDocument:
    """Return a role that refers to no other; ``changes`` replaces parts of it."""
    value = make_role_document(slug, related=()).model_dump(mode="json", by_alias=True)
    return RoleDocument.model_validate(value | changes)


def run(command: str, *arguments, **options) -> tuple[str, str]:
    """Return what a command said on stdout and on stderr."""
    out, err = StringIO(), StringIO()
    call_command(command, *arguments, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def all_rows() -> dict[str, list]:
    """Return every row of the guide, to compare before and after."""
    models = apps.get_app_config("profiles").get_models(include_auto_created=True)
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in models}
