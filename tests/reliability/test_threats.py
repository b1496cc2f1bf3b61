"""SECURITY.md names a test beside each threat: here it is made sure that there is one."""

import re

from tests.helpers.site import ROOT

ROW = re.compile(r"(?m)^\| (?!threat |---)(.+) \|$")
NAME = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows() -> list[list[str]]:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    return [row.split(" | ") for row in ROW.findall(text)]


def named() -> list[tuple[str, str]]:
    return [pair for row in rows() for pair in NAME.findall(row[-1])]


def test_each_threat_names_its_protection_and_a_test():
    assert len(rows()) >= 40
    assert [row for row in rows() if len(row) != 3 or not NAME.search(row[2])] == []


def test_each_named_test_exists():
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path, _name in named()}
    assert [pair for pair in named() if f"def {pair[1]}(" not in texts[pair[0]]] == []


def test_each_file_of_tests_against_threats_is_named():
    paths = [*ROOT.glob("tests/reliability/test_*.py"), *ROOT.glob("tests/security/test_*.py")]
    files = {str(path.relative_to(ROOT)) for path in paths}
    own = {"tests/reliability/test_threats.py"}
    assert files - own - {path for path, _name in named()} == set()
