"""``make audit``: a running site, judged by the tools that judge it outside.

The crawl of crawl.py over HTTP, the Nu HTML Checker for every page, axe-core and Lighthouse
(mobile) for one page of each type. Prints what it visited and found, and fails on any finding.
``python -m tests.helpers.audit crawl html`` runs only these two, as CI does.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cached_property
from itertools import product
from pathlib import Path

from roleguide.page_cache import CALM_SECONDS
from tests.helpers.crawl import HOME, Crawl, crawl, findings
from tests.helpers.site import ROOT, get, running

# The checkers, as package-lock.json has them: a new rule is a change of ours, no surprise.
TOOLS = ROOT / "tests" / "helpers"
MODULES = TOOLS / "node_modules"
_FLAGS = "no-sandbox disable-gpu disable-background-networking disable-sync"
BROWSER_FLAGS = [f"--{flag}" for flag in _FLAGS.split()]
LATE_SCRIPTS = "Promise.all([...document.scripts].map(({dataset: {src}}) => src && import(src)))"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LIGHTHOUSE_RUNS = 3
# What Lighthouse says where its own recording went wrong, which tells nothing about the page.
UNRECORDED = "Please run Lighthouse again"
LCP_LIMIT_MS = 1000
# The shipped guide has sixty roles in five sizes, and what leads to them.
WHOLE_SITE = 300
# What one initial TCP window carries: ten segments.
FIRST_WINDOW = 14_600
_SHEETS = "entrevista carpeta alineacion aviso llamada muestra referencias decision"
# One page of each type.
_TYPES = (
    *("", "perfiles/", "perfiles/mlops-engineer/", "perfiles/mlops-engineer/por-tamano/"),
    *("global/", "global/mlops-engineer/", "areas/datos-e-ia/", "rasgos/", "rasgos/apertura/"),
    *(f"global/mlops-engineer/{sheet}/" for sheet in _SHEETS.split()),
    *("arquetipos/", "arquetipos/ancla/", "metodologia/", "novedades/", "entrevista-general/"),
    *("comparar/", "comparar/?perfil=startup/mlops-engineer&perfil=global/mlops-engineer"),
    *("comparar/data-engineer-o-mlops-engineer/", "puestos/dataops-engineer/"),
)
# What a visitor meets on the way: found, corrected, not found, refused, one choice, four, none.
_STATES = (
    *("perfiles/?q=data", "perfiles/?q=mlopps&contexto=global&rasgo=E:baja", "perfiles/?q=zzyzx"),
    *("perfiles/?area=nada", "comparar/?perfil=global/mlops-engineer"),
    "comparar/?perfil=global/mlops-engineer&perfil=perfiles/data-engineer"
    "&perfil=startup/mlops-engineer&perfil=pyme/data-engineer",
    "comparar/?perfil=global/mlops-enginer",
    "global/mlops-engineer/entrevista/?pregunta=no-existe",
    "global/mlops-engineer/entrevista/?minutos=60&parte=2",
    *("global/mlops-engineer/muestra/?parte=pauta", "perfiles/mlop-enginer/"),
)
PAGE_TYPES = tuple(HOME + path for path in _TYPES)
EVERY_PAGE = (*PAGE_TYPES, *(HOME + path for path in _STATES))
WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")

PROFILE = re.compile(r"/guia-de-roles/(perfiles|startup|pyme|enterprise|global)/[a-z-]+/")
STYLESHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)"')


def compressed_size(url: str) -> int:
    """Return the bytes of an answer's body in brotli, as a browser asks for it."""
    return int(get(url, {"Accept-Encoding": "br"}).headers["Content-Length"])


class Audit:
    """One run over one site: findings by check, with how much each check looked at."""

    def __init__(self, site_url: str, folder: Path):
        self.site_url = site_url
        self.folder = folder
        self.bodies: dict[str, str] = {}
        self.chromium = shutil.which("chromium")

    @cached_property
    def found(self) -> Crawl:
        def visit(path):
            answer = get(self.site_url + path)
            self.bodies[path] = answer.text
            return answer

        return crawl(visit, self.site_url)

    def crawl(self) -> tuple[str, list[str]]:
        """The rules of crawl.py."""
        found = self.found
        seen = f"{len(found.pages)} pages, {len(found.sitemap)} in the sitemap"
        is_whole = len(found.indexed) >= len(found.sitemap) > WHOLE_SITE
        missed = [] if is_whole else [f"these are too few: {seen}"]
        return f"{seen}, {len(found.checked)} addresses", [*missed, *findings(found)]

    def html(self) -> tuple[str, list[str]]:
        """Every page through the Nu HTML Checker: no error, no warning."""
        pages = self.folder / "html"
        pages.mkdir()
        names = {}
        for number, path in enumerate(self.found.pages):
            file = pages / f"{number}.html"
            file.write_text(self.bodies[path])
            names[file.name] = path
        jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
        command = ["java", "-jar", jar, "--format", "json", "--skip-non-html", pages]
        done = subprocess.run(command, capture_output=True, text=True)
        messages = json.loads(done.stderr)["messages"]
        return f"{len(names)} pages", [_vnu_line(message, names) for message in messages]

    def axe(self) -> tuple[str, list[str]]:
        """WCAG 2.2 AA and best practices, light and dark, on a small phone and on a desk."""
        from playwright.sync_api import sync_playwright

        source = (MODULES / "axe-core" / "axe.min.js").read_text()
        problems, runs = [], 0
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=self.chromium, args=BROWSER_FLAGS)
            # The strict policy keeps injected scripts out, as it should; axe is one.
            page = browser.new_page(bypass_csp=True)
            for path in EVERY_PAGE:
                page.goto(self.site_url + path)
                page.add_script_tag(content=source)
                for width, scheme in product(WIDTHS, SCHEMES):
                    runs += 1
                    problems += _axe_run(page, path, width, scheme)
            browser.close()
        return f"{runs} runs on {len(EVERY_PAGE)} page types", problems

    def lighthouse(self) -> tuple[str, list[str]]:
        """Mobile Lighthouse: 100 four times, LCP within a second, nothing moves."""
        problems = []
        for path in PAGE_TYPES:
            runs = []
            # The best of a few: what another program slows down is not the page's.
            while len(runs) < LIGHTHOUSE_RUNS and (not runs or runs[-1][1]):
                runs.append(self._lighthouse_run(path))
            measures, weak = min(runs, key=lambda run: len(run[1]))
            print(f"  {path}: {measures}", flush=True)  # noqa: T201
            problems += [f"{path}: {problem}" for problem in weak]
        return f"{len(PAGE_TYPES)} page types", problems

    def weight(self) -> tuple[str, list[str]]:
        """HTML and CSS of every profile fit one window, but for its very first visitors."""
        profiles = [path for path in self.found.sitemap if PROFILE.fullmatch(path)]
        for wait in (0, CALM_SECONDS):
            time.sleep(wait)
            for path in profiles:
                compressed_size(self.site_url + path)
        styles = set(STYLESHEET.findall(get(self.site_url + profiles[0]).text))
        css = sum(compressed_size(self.site_url + path) for path in styles)
        sizes = {path: css + compressed_size(self.site_url + path) for path in profiles}
        heavy = [f"{path}: {size} bytes" for path, size in sizes.items() if size > FIRST_WINDOW]
        return f"{len(sizes)} profiles, the heaviest {max(sizes.values())} bytes", heavy

    def _lighthouse_run(self, path: str) -> tuple[tuple | str, list[str]]:
        """Return what Lighthouse measured, and its problems; its own recording may go wrong."""
        output = self.folder / "lighthouse.json"
        options = ["--quiet", "--output=json", f"--output-path={output}"]
        options += [f"--only-categories={','.join(CATEGORIES)}"]
        options += [f"--chrome-flags={' '.join(['--headless=new', *BROWSER_FLAGS])}"]
        command = [MODULES / ".bin" / "lighthouse", self.site_url + path, *options]
        env = {**os.environ, "CHROME_PATH": self.chromium}
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=180)
        if UNRECORDED in done.stderr:
            return UNRECORDED, [UNRECORDED]
        assert not done.returncode, f"Lighthouse on {path}: {done.stderr[-500:]}"
        report = json.loads(output.read_text())
        return _measures(report), list(_lighthouse_problems(report))


def _axe_run(page, path: str, width: int, scheme: str) -> Iterator[str]:
    page.set_viewport_size({"width": width, "height": 900})
    # Without motion, so that no colour is seen halfway from one scheme to the other.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for violation in page.evaluate("axe.run(document)")["violations"]:
        places = [node["target"] for node in violation["nodes"]]
        yield f"{path} ({width} px, {scheme}): {violation['id']} at {places[:3]}"


def _vnu_line(message: dict, names: dict[str, str]) -> str:
    page = names.get(message.get("url", "").rpartition("/")[2], message.get("url"))
    kind = message.get("subType") or message["type"]
    extract = re.sub(r"\s+", " ", message.get("extract", ""))
    return f"{page}:{message.get('lastLine')}: {kind}: {message['message']} … {extract}"


def _measures(report: dict) -> tuple[dict, float]:
    """Return the scores out of 100 and LCP in milliseconds."""
    scores = {name: round(report["categories"][name]["score"] * 100) for name in CATEGORIES}
    return scores, report["audits"]["largest-contentful-paint"]["numericValue"]


def _lighthouse_problems(report: dict) -> Iterator[str]:
    scores, lcp = _measures(report)
    indexed = report["audits"]["is-crawlable"]["score"] == 1
    for name, score in scores.items():
        # Lighthouse takes a page that asks not to be indexed as a fault of its SEO.
        if score < 100 and (name != "seo" or indexed):
            failed = [ref["id"] for ref in report["categories"][name]["auditRefs"] if ref["weight"]]
            weak = [i for i in failed if (report["audits"][i]["score"] or 0) < 0.9]
            yield f"{name} {score}: {weak}"
    if lcp > LCP_LIMIT_MS:
        yield f"LCP {lcp:.0f} ms"
    if shift := report["audits"]["cumulative-layout-shift"]["numericValue"]:
        yield f"CLS {shift}"


CHECKS = {c: getattr(Audit, c) for c in ("crawl", "html", "weight", "axe", "lighthouse")}
NEED_TOOLS = {"html", "axe", "lighthouse"}


def install(checks: list[str]) -> None:
    """Bring the locked checkers into node_modules, which git ignores, if they are not there."""
    lock, done = TOOLS / "package-lock.json", MODULES / ".package-lock.json"
    is_current = done.exists() and done.stat().st_mtime > lock.stat().st_mtime
    if NEED_TOOLS & set(checks) and not is_current:
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(["npm", "ci", *options], cwd=TOOLS, check=True)


def main(checks: list[str]) -> int:
    """Run ``checks`` (default all) and return 1 where one found something."""
    checks = checks or list(CHECKS)
    install(checks)
    total = 0
    with (
        tempfile.TemporaryDirectory(prefix="guide-audit-") as name,
        running(Path(name)) as site_url,
    ):
        audit = Audit(site_url, Path(name))
        for check in checks:
            looked_at, problems = CHECKS[check](audit)
            total += len(problems)
            lines = [f"{check}: {looked_at}, {len(problems)} findings", *problems]
            print("\n  ".join(lines), flush=True)  # noqa: T201
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
