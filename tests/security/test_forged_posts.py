"""What a form does not ask is not obeyed."""

import pytest
from django.contrib.auth.models import User

from profiles.desk.history import keep
from profiles.documents.choices import WorkflowState
from profiles.models import Context, Edition, Profile, Version
from tests.desk.editors import member, send, url
from tests.helpers.factories import make_role

pytestmark = pytest.mark.usefixtures("vocabulary")
SEVENTH = {"low": 1, "high": 2, "importance": "critical", "basis": "editorial", "trait": "trait"}


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    """The role that is edited; beside it stands the one that is attacked."""
    make_role("other-tester", publish=False)
    return make_role(publish=False)


@pytest.fixture
def other(base):
    return Profile.objects.get(role__slug="other-tester", context=None)


def test_field_that_the_form_does_not_have_changes_nothing(base, other):
    forged = {"state": WorkflowState.PUBLISHED, "version": 99, "id": other.pk}
    forged |= {"role": other.role_id, "context": Context.objects.first().pk, "_publish": "1"}
    forged |= {"action": "publish_profiles", "_selected_action": base.pk, "confirmed": "1"}
    signer = User.objects.create_user("other", is_staff=True).pk
    forged |= {"author": signer, "reviewer": signer, "reviewed_on": "2026-11-24"}
    forged |= {"summary": "Otro resumen."}
    assert send(member("Redacción"), base, **forged).status_code == 302
    saved = Profile.objects.get(pk=base.pk)
    assert (saved.summary, saved.state) == ("Otro resumen.", WorkflowState.DRAFT)
    assert (saved.role_id, saved.context_id) == (base.role_id, None)
    # Nor does who mends a comma become its author.
    assert (saved.author, saved.reviewer, saved.reviewed_on) == (None, None, base.reviewed_on)
    assert saved.version == base.version + 1
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    "forged",
    [
        {"strengths-0-id": "victim", "strengths-0-text": "Robada."},
        {"strengths-0-id": "victim", "strengths-0-DELETE": "on"},
        {"strengths-0-profile": "other", "strengths-0-text": "Mudada."},
        {"targets-0-id": "range", "targets-0-low": "1.0", "targets-0-high": "1.4"},
        {"targets-TOTAL_FORMS": "7"} | {f"targets-6-{k}": v for k, v in SEVENTH.items()},
    ],
)
def test_part_of_another_profile_is_not_touched_nor_a_range_added(base, other, forged):
    before = [*other.strengths.values(), *other.targets.values()]
    keys = {"victim": before[0]["id"], "range": before[-1]["id"], "other": other.pk}
    keys["trait"] = before[-1]["trait_id"]
    sent = {name: keys.get(value, value) for name, value in forged.items()}
    send(member("Redacción"), base, **sent)
    assert [*other.strengths.values(), *other.targets.values()] == before
    assert base.targets.count() == 6


@pytest.mark.parametrize("name", ["share", "restore"])
def test_version_of_another_profile_or_none_is_neither_restored_nor_shared(base, other, name):
    writer = member("Redacción")
    keep(base)
    keep(other)
    other.versions.update(number=7)
    for number in (7, "", "x", "-1", "1.5", str(2**70), "\x00"):
        form = {"version": number, "state": f"v{number}"}
        assert writer.post(url(base, name), form).status_code == 404
    assert not Version.objects.exclude(share_token="").exists()
