"""The lists of the admin as the programs that editors open them with read them."""

import csv
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils.text import capfirst

from profiles.documents.choices import AuditEvent
from profiles.models import AuditEntry, MissingTitle, Role
from tests.factories import make_role

pytestmark = [pytest.mark.processes, pytest.mark.ignore_template_errors]
HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://127.0.0.1/";"clic")',
    "+54 9 11",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    'Comilla ", punto y coma ; y coma ,',
    "Ñandú «así» – 😀",
]
READ_CSV = "--infilter=Text - txt - csv (StarCalc):59,34,76"
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"


@pytest.fixture(scope="module")
def rows(module_rows):
    make_role()
    area = Role.objects.first().area
    for number, name in enumerate(HOSTILE):
        Role.objects.create(name=name, slug=f"hostil-{number}", area=area)
        AuditEntry.objects.record(AuditEvent.LOGIN_FAILED, name=name)
        MissingTitle.objects.create(text=f"{number} {name}"[:80])
    Group.objects.create(name="=1+1")
    User.objects.create_user("ana", first_name="=1+1")


@pytest.fixture(scope="module")
def soffice():
    """LibreOffice without a window, where its spreadsheet is installed."""
    path = shutil.which("soffice")
    if path is None or not (Path(path).resolve().parent / "libsclo.so").exists():
        reason = "LibreOffice Calc is not installed (Debian: apt install libreoffice-calc-nogui)."
        (pytest.fail if os.environ.get("REQUIRE_ALL_TESTS") else pytest.skip)(reason)
    return path


def listed(client, model):
    """Return the address of the list of ``model`` and the headings that its page shows."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    headings = [str(head["text"]) for head in result_headers(client.get(url).context["cl"])]
    return url, [capfirst(heading) for heading in headings[1:]]


def export(client, folder):
    """Save every list of the admin as CSV; return their headings by name."""
    headings = {}
    for model in admin.site._registry:
        if model._meta.app_label not in ("profiles", "auth"):
            continue
        name = model._meta.model_name
        url, headings[name] = listed(client, model)
        keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
        chosen = {"action": "export_csv", "_selected_action": keys}
        (folder / f"{name}.csv").write_bytes(client.post(url, chosen).content)
    return headings


def opened(soffice, folder, ending, *options):
    """Return the rows that LibreOffice reads in each file of ``folder``, by the file's name."""
    profile = f"-env:UserInstallation=file://{folder / 'office'}"
    files = sorted(folder.glob(f"*.{ending}"))
    out = folder / f"from-{ending}"
    command = [soffice, profile, "--headless", *options, "--convert-to", AS_CSV, "--outdir", out]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=120)
    return {path.stem: read(out / f"{path.stem}.csv", ",") for path in files}


def read(path, delimiter):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [[as_typed(cell) for cell in row] for row in csv.reader(file, delimiter=delimiter)]


def as_typed(cell):
    """Return a cell without what a spreadsheet adds to a moment and takes from a share."""
    return re.sub(r"(:\d\d):00$", r"\1", re.sub(r"(\d) %$", r"\1%", cell))


def test_every_list_is_the_same_in_a_spreadsheet(admin_client, soffice, rows, tmp_path):
    headings = export(admin_client, tmp_path)
    files = {name: read(tmp_path / f"{name}.csv", ";") for name in headings}
    texts = opened(soffice, tmp_path, "csv", READ_CSV)
    assert len(files) == 13
    assert {name: rows[0] for name, rows in files.items()} == headings
    assert texts == files
    names = [row[0].removeprefix("'") for row in texts["role"]]
    assert {name.strip() for name in HOSTILE} <= set(names)
