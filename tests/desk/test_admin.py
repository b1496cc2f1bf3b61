"""The admin in Spanish, its lists at the same cost for one row and many, and the vocabulary."""

import re
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from profiles import models
from profiles.desk.history import keep_roles, record
from profiles.desk.publishing import publish, withdraw
from profiles.documents.choices import AuditEvent
from profiles.models import Archetype, Area, Context, Edition, Profile, Role, Source
from tests.desk.editors import delete, said, save, send, url, values_of
from tests.helpers.factories import copy_editions, make_role

# Words that only English has, in whatever a page shows or reads out. Titles of roles, sources and
# occupations are English by right and no part of an empty guide.
ENGLISH = re.compile(
    r"\b(the|this|with|your|are|please|select(ed)?|choose|search|delete|remove|change|user|"
    r"password|today|view|history|objects?|more|enabled|disabled|recovery|filter)\b",
    re.IGNORECASE,
)
HIDDEN = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->", re.DOTALL)
SPOKEN = re.compile(r"""\b(?:alt|title|aria-label|placeholder)="([^"]*)\"""")
# Session and person, count, page, its rows; then what the columns and filters of a list need.
QUERIES = {
    **dict.fromkeys([Profile, Role, Edition], 9),
    User: 6,
    **dict.fromkeys([models.AuditEntry, models.MissingTitle, Group], 5),
    **dict.fromkeys([Area, Archetype, Context, models.Page, Source, models.Trait], 5),
}
BROUGHT = "%s: lo trae un documento de la guía; se quita de ahí"


def place(model, view):
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{view}")


def english(response):
    """Return the English texts that a page shows or reads out."""
    html = HIDDEN.sub(" ", response.text)
    texts = [*re.sub(r"<[^>]+>", "\n", html).split("\n"), *SPOKEN.findall(html)]
    return [text.strip() for text in texts if ENGLISH.search(text)]


def test_every_page_opens_and_those_of_accounts_say_nothing_in_english(admin_client):
    Role.objects.create(name="Contador", slug="contador", area=Area.objects.first())
    User.objects.create_user("ana").groups.add(Group.objects.get(name="Redacción"))
    models.AuditEntry.objects.record(AuditEvent.LOGIN, name="ana")
    models.MissingTitle.objects.count_one("enfermera")
    spoken = {}
    for model in set(QUERIES) - {Edition, Profile}:
        pages = [url(model.objects.first(), view) for view in ("change", "history", "delete")]
        pages += [url(model.objects.last(), "password_change")] if model is User else []
        for path in (place(model, "changelist"), place(model, "add"), *pages):
            answer = admin_client.get(path)
            assert answer.status_code in (200, 403), path
            spoken[path] = english(answer) if "/auth/" in path else []
    assert {path: texts for path, texts in spoken.items() if texts} == {}


def test_calendar_is_read_out_in_spanish_and_help_is_read_whole(admin_client):
    """Django prints help as HTML: what stands in <angles> would be swallowed."""
    fields = (f for m in apps.get_app_config("profiles").get_models() for f in m._meta.fields)
    helps = {str(field.help_text) for field in fields}
    assert {text for text in helps if strip_tags(text) != text} == set()
    words = admin_client.get(reverse("admin:jsi18n")).text
    for word in ("Hoy (%(date)s)", "%s (hoy)", "Siguiente (%(month)s de %(year)s)"):
        assert word in words


def listed_state(client):
    """Return (where it stands, what it lacks) of each row of the profile list."""
    html = client.get("/admin/profiles/profile/").text
    cells = re.findall(r'<td class="field-(?:standing|lacking)[^"]*">(.*?)</td>', html)
    texts = [re.sub(r"<[^>]+>", "", text) for text in cells]
    return list(zip(texts[::2], texts[1::2], strict=True))


def test_list_names_the_first_of_what_is_missing(admin_client, startup):
    startup.strengths.all().delete()
    record(startup)
    assert listed_state(admin_client) == [
        ("Publicado", "nada: se puede publicar"),
        ("Publicado, con cambios sin publicar", "1 cosa. Fortalezas: tiene 0; van de 2 a 4"),
    ]


def test_list_survives_a_desk_that_is_not_whole(admin_client, role):
    Edition.objects.filter(role=role).delete()
    role.profiles.get(context=None).delete()
    other = make_role("half-tester", publish=False)
    other.profiles.get(context=None).targets.first().delete()
    keep_roles([role.pk, other.pk])
    missing = [text for _, text in listed_state(admin_client)]
    assert missing[:2] == [
        "1 cosa. Falta el perfil base",
        "1 cosa. Rangos › Apertura › por qué: falta",
    ]


def test_choices_are_offered_by_how_close_their_names_are(admin_client):
    for name in ("Agile Zz", "Agile Scrum", "Scrum Zz", "Scrum"):
        make_role(name.lower().replace(" ", "-"), name=name, contexts=())
    agile = Role.objects.get(name="Agile Zz")
    agile.aliases.create(name="Dueña y amiga de scrum", slug="duena-y-amiga-de-scrum")
    keep_roles([agile.pk])
    asked = {"app_label": "profiles", "model_name": "profile", "field_name": "role"}
    for term, names in {
        "scrum": ["Scrum", "Scrum Zz", "Agile Scrum", "Agile Zz"],
        "SCRUM ZZ": ["Scrum Zz"],
        "ÁGILE-SC": ["Agile Scrum"],
        **{term: ["Agile Zz"] for term in ("de scrum", "«DUENA» DE-SC")},
        "zz": ["Agile Zz", "Scrum Zz"],
        "Z++": [],
    }.items():
        found = admin_client.get(reverse("admin:autocomplete"), {**asked, "term": term}).json()
        assert [choice["text"] for choice in found["results"]] == names


@pytest.fixture
def rows(vocabulary):
    """Four rows of each model whose names begin alike; one of them is also found alone."""
    copy_editions(make_role("fila-zz", name="Fila Zz", contexts=()), 3)
    for number in range(4):
        name = {"name": f"Fila zz {number}"}
        for model in (Area, Archetype, models.Page):
            model.objects.create(slug=f"fila-zz-{number}", **name)
        Source.objects.create(slug=f"zz-{number}", year=2000, url="https://example.org", **name)
        Group.objects.create(**name)
        User.objects.create(username=f"zz-{number}", last_name=f"Fila zz {number}")
        # Publishing the roles has made entries too, so these have a word of their own.
        models.AuditEntry.objects.record(AuditEvent.LOGIN, name=f"Fila zz entrada {number}")
        models.MissingTitle.objects.count_one(f"Fila zz {number}")


def listed(client, model, text):
    """Return how many rows a search of the list shows, and its queries."""
    with CaptureQueriesContext(connection) as captured:
        # Counts beside the filters would be a query each, whoever asks for them.
        response = client.get(place(model, "changelist"), {"q": text, "_facets": "True"})
    return len(response.context["cl"].result_list), len(captured)


def test_list_costs_the_same_for_one_row_and_for_four(admin_client, rows):
    shown = {m for m in admin.site._registry if m._meta.app_label in ("profiles", "auth")}
    assert shown == set(QUERIES)
    for model in shown - {models.Trait, Context}:
        listed(admin_client, model, "fila zz")  # what a list keeps for the next time
        alone = "entrada 2" if model is models.AuditEntry else "fila zz 2"
        assert (model, *listed(admin_client, model, alone)) == (model, 1, QUERIES[model])
        count, queries = listed(admin_client, model, "fila zz")
        assert (model, count >= 4, queries) == (model, True, QUERIES[model])


def test_lists_find_texts_that_are_public_and_those_that_are_not(admin_client, base):
    def counts(*searches):
        return [listed(admin_client, m, text)[0] for text in searches for m in (Edition, Profile)]

    public = base.summary.split()[1]
    save(admin_client, base, summary="Cuida gaviotas.")
    assert counts(public, "GAVIOTAS", "zz") == [1, 1, 0, 1, 0, 0]
    publish(base, at=datetime(2040, 1, 1, tzinfo=UTC))
    assert counts(public, "gaviotas") == [1, 1, 1, 1]
    publish(base)
    withdraw(base)
    assert counts(public, "gaviotas") == [1, 0, 1, 1]


def test_new_entry_comes_with_its_texts_behind_the_others(admin_client):
    add = place(Context, "add")
    values = values_of(admin_client.get(add).context) | {"name": "Estudio", "slug": "estudio"}
    missing = admin_client.post(add, values).context["adminform"].form.errors
    assert set(missing) == {"summary", "body", "min_employees"}
    texts = {"summary": "De a dos.", "body": "Dos personas.", "min_employees": 1}
    reserved = admin_client.post(add, {**values, **texts, "slug": "rasgos"})
    assert list(reserved.context["adminform"].form.errors) == ["slug"]
    assert admin_client.post(add, {**values, **texts}).status_code == 302
    assert Context.objects.last().slug == "estudio"


def test_sizes_of_one_place_stand_by_name_on_the_desk_and_the_site():
    role = make_role("tied", contexts=("startup", "pyme", "global", "enterprise"))
    Context.objects.update(order=1)
    names = ["Enterprise", "Global", "PyME", "Startup"]
    desk, site = role.profiles.base_first(), Edition.objects.for_all_sizes("tied")
    assert [[row.context.name for row in rows[1:]] for rows in (desk, site)] == [names, names]


def test_entry_says_only_what_its_document_can_hold(admin_client):
    response = send(admin_client, Source.objects.first(), url="http://example.org/")
    (error,) = response.context["adminform"].form.errors["url"]
    assert error == r"no tiene la forma esperada (^https://\S+$)"


def test_history_of_a_role_brings_its_facts_back_and_its_address_stays(admin_client, role):
    save(admin_client, role, name="Otro nombre", slug="otra-direccion")
    first = role.versions.order_by("number").first()
    admin_client.post(url(role, "restore"), {"version": first.number})
    role.refresh_from_db()
    assert (role.name, role.slug) == ("Data Tester", "otra-direccion")
    assert {edition.role_name for edition in role.editions.all()} == {"Data Tester"}


def test_what_a_version_stood_on_has_to_be_there(admin_client, base):
    source = Source.objects.first()
    base.targets.first().sources.add(source)
    version = record(base)
    Source.objects.filter(pk=source.pk).delete()
    answer = admin_client.post(url(base, "restore"), {"version": version.number})
    assert said(answer) == [f"Data Tester (base) no volvió atrás: falta «{source.slug}»."]


def reasons(client, row):
    """Return why the delete page says that ``row`` cannot go."""
    return [str(reason) for reason in client.get(url(row, "delete")).context["protected"]]


def test_source_stays_that_a_document_brings_or_a_profile_or_an_edition_cites(admin_client, base):
    source, target = Source.objects.first(), base.targets.get(trait__code="O")
    assert reasons(admin_client, source) == [BROUGHT % source]
    delete(admin_client, source)
    target.sources.add(source)
    publish(base)
    target.sources.clear()
    record(base)
    named = [BROUGHT % source, "Data Tester (base), edición 2 la nombra"]
    assert reasons(admin_client, source) == named
    target.sources.add(source)
    assert reasons(admin_client, source)[1] == "Data Tester (base) la cita"


def test_archetype_stays_as_long_as_an_edition_names_it(admin_client, base):
    lupa = Archetype.objects.get(slug="lupa")
    Role.objects.update(primary_archetype=None)
    withdraw(base)
    named = "Data Tester (base), edición 1 la nombra"
    assert reasons(admin_client, lupa) == [BROUGHT % lupa, named]


def test_delete_page_of_what_many_rows_use_names_ten_and_costs_no_more(admin_client, role, queries):
    reasons(admin_client, role.area)  # what is read once is read
    asked = []
    for start in (role.slug, f"{role.slug}-1"):
        copy_editions(Role.objects.get(slug=start), 11)
        asked.append(queries(reasons, admin_client, role.area))
    told = reasons(admin_client, role.area)
    assert (asked[0], told.count("… y más"), len(told)) == (asked[1], 2, 1 + 2 * 11)
