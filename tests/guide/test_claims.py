"""Every law, standard and study the guide names stands in ``docs/claims.md``, with its evidence.

The documents are read as text and not parsed, so that the whole guide takes a moment.
"""

import re

import pytest

from tests.helpers.factories import FIXTURES

CLAIMS = FIXTURES.parent / "docs" / "claims.md"
DOCUMENTS = [FIXTURES / "guide.yaml", *sorted((FIXTURES / "roles").glob("*.yaml"))]
COLUMNS = ["names", "claim", "where", "source", "how", "date"]
EVIDENCE = {"official text", "copy of the official text", "secondary source", "name only"}

MONTHS = "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
JOIN = "(?:de|del|en|y|la|las|los)"
WORD = r"[A-ZÁÉÍÓÚÑ][\wáéíóúñ-]+"
MENTIONS = re.compile(
    "|".join(
        (
            r"\b(?:Ley|Lei) \d{1,2}\.\d{3}",
            r"\bLey \d{1,4} de \d{4}",
            r"\bLey \d{5}\b|\bLey \d{1,3}/\d{4}\b",
            r"\b(?:Real Decreto|RD) \d+/\d{4}",
            r"\bNR-\d+|\bNOM-\d{3}(?:-[A-Z]+)?(?:-\d{4})?|\bLFPIORPI\b",
            r"\bCódigo del Trabajo\b|\bDecreto Supremo [\d-]+-[A-Z]+",
            r"\b(?:Decreto|Resolución|Circular|Disposición)(?: [A-Z]+)? \d[\d./]*\d",
            r"\b(?:Reglamento|Directiva)(?: \(UE\))? \d{2,4}/\d+(?:/CEE?)?",
            rf"\b(?:Ley|Código|Convenio|Estatuto) {WORD}(?: (?:{JOIN} )*{WORD})*",
            r"\b(?:ISO|IEC|IEEE|UNE|IRAM|NIST|RFC)(?:/IEC)?[ -]\d[\d.-]*\d",
            r"\bPCI DSS(?: \d[\d.]*\d|\b)",
            r"\b(?:NIIF|NIC|IFRS|IAS|RT)(?: \d+|\b)",
            r"\b(?:UK )?[A-Z]\w+ Act(?: \d{4})?\b",
            r"\bLocal Law \d+",
            r"\b(?:US GAAP|SOX|Sarbanes-Oxley|FCPA|FATCA|HIPAA|CCPA|DORA|NIS2|SOC 2|WCAG)\b",
            r"\b(?:RGPD|GDPR|LGPD|LOPD|BetrVG|Betriebsrat|409A|OWASP|ITIL|COBIT|COSO)\b",
            r"\b(?:ARCA|AFIP|UIF|CNV|BCRA|DIAN|SAGRILAFT|AAIP|ANPD|INAI|EEOC|OFAC|GAFI|OIT)\b",
            r"\bUnidad de Información Financiera\b",
            r"\b(?:PTU|CAE|IVA|LCP|CIUO-08|ESCO|O\\?\*NET)\b",
            r"\b(?:Ingresos Brutos|décimo tercer salario|prima de servicios)\b",
            rf"\b(?:\d{{1,2}} de )?(?:{MONTHS}) de (?:19|20)\d\d",
            rf"\b{WORD}(?: et al\.| y (?:{WORD}|colegas))? \((?:19|20)\d\d\)",
        )
    )
)
PLACES = re.compile(
    r"(?:\barts?\.|\bartículos?|§|\b[Ss]ección|\b[Aa]nexo|\b[Cc]apítulo|\bpunto)"
    r" (\d+(?: (?:bis|y \d+))*|[IVX]+\b)"
)


def mentions(text: str) -> list[str]:
    """Laws, standards, bodies, dates and studies by the name that the text gives them."""
    return [found.replace("\\", "") for found in MENTIONS.findall(text)]


def places(text: str) -> list[str]:
    """Numbers of the articles, sections, chapters and annexes that a text points at."""
    return [number for group in PLACES.findall(text) for number in group.split(" y ")]


def holds(cell: str, name: str) -> bool:
    """True if the cell has exactly this name: «NIC 2» is not in one about «NIC 29»."""
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?!\w|-\w|\.?\d)", cell) is not None


def blocks(text: str) -> list[str]:
    """A document's text, cut at keys, list items and blank lines, each on one line."""
    return [" ".join(block.split()) for block in re.split(r"\n(?=\s*(?:- |\w+: ))|\n\s*\n", text)]


def unlisted(text: str, document: str, rows: list[dict[str, str]]) -> list[str]:
    """What a document says without a row for it.

    A row answers for a name only in the documents it lists, and for the number of an article only
    if its claim holds that number and the same block names its law.
    """
    own = [row for row in rows if holds(row["where"], document)]
    missing = []
    for block in blocks(text):
        found = mentions(block)
        answering = [row for row in own if any(holds(row["names"], name) for name in found)]
        claims = [row["claim"] for row in answering]
        missing += [name for name in found if not any(holds(row["names"], name) for row in own)]
        missing += [n for n in places(block) if not any(holds(claim, n) for claim in claims)]
    return missing


LINES = [line for line in CLAIMS.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
CELLS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES]
ROWS = [dict(zip(COLUMNS, row, strict=True)) for row in CELLS if row[0] not in {"Name", "---"}]
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in DOCUMENTS}


@pytest.mark.parametrize("document", TEXTS)
def test_everything_a_document_names_is_listed(document):
    assert unlisted(TEXTS[document], document, ROWS) == []


def test_a_new_claim_is_found():
    text = "El artículo 99 del RGPD y la Ley 99.999 rigen desde marzo de 2031. La LGPD ya estaba."
    assert set(unlisted(text, "guide", ROWS)) == {"99", "Ley 99.999", "marzo de 2031"}
    # A row answers only for the documents that it lists.
    assert unlisted("La Ley 23.592 alcanza.", "contador", ROWS) == ["Ley 23.592"]


def test_every_row_says_how_it_was_confirmed_and_where_to_look_and_no_name_has_two():
    incomplete = [
        row["names"]
        for row in ROWS
        if row["how"] not in EVIDENCE
        or not re.search(r"<https?://[^ >]+>", row["source"])
        or not re.fullmatch(r"20\d\d-\d\d-\d\d", row["date"])
    ]
    assert incomplete == []
    listed = [name for row in ROWS for name in row["names"].split(" · ")]
    assert sorted({name for name in listed if listed.count(name) > 1}) == []


def test_a_row_lists_only_documents_that_still_say_it():
    lines = {name: " ".join(text.replace("\\", "").split()) for name, text in TEXTS.items()}
    for row in ROWS:
        listed = [document for document in TEXTS if holds(row["where"], document)]
        assert listed, row["names"]
        for document in listed:
            assert any(holds(lines[document], name) for name in row["names"].split(" · ")), row


def test_every_source_the_guide_cites_is_listed():
    cited = set(re.findall(r"https://doi\.org/\S+", TEXTS["guide"]))
    listed = {address for row in ROWS for address in re.findall(r"<(\S+)>", row["source"])}
    assert (len(cited) >= 7, cited - listed) == (True, set())
