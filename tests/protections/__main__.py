"""Take each protection out of a copy of the project and see its test fail: make unprotected."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.protections import Protection, protections
from tests.site import ROOT

PATIENCE = 600
NAMES = {0: "STILL PASSES", 1: "fails", 5: "skipped"}
SEEN = {"fails", "skipped"}  # A test says itself which program it lacks.


def copy_of_the_project(folder: Path) -> Path:
    """Return a clone with the changes of the working tree, its packages and its .env."""
    subprocess.run(["git", "clone", "--quiet", "--shared", ROOT, folder], check=True)
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True)
    for name in listed.stdout.decode().splitlines():
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for name in (".venv", ".env"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def run_test(folder: Path, test: str) -> tuple[int, str]:
    """Run one test; return pytest's exit code and its last words."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", test]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    words = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if done.returncode == 1 and not any(word.startswith("FAILED") for word in words):
        return 2, "\n".join(words) or done.stdout[-2000:]
    ran = done.returncode or " passed" in done.stdout
    return done.returncode if ran else 5, "\n".join(words) or done.stdout[-500:]


def try_without(folder: Path, protection: Protection) -> tuple[str, str]:
    """Take one protection out, run its test, put it back; return the outcome and the words."""
    before = {edit.file: (folder / edit.file).read_text() for edit in protection.edits}
    try:
        for edit in protection.edits:
            file = folder / edit.file
            file.write_text(edit.made(file.read_text()))
        code, words = run_test(folder, protection.test)
    finally:
        for name, text in before.items():
            (folder / name).write_text(text)
    return NAMES.get(code, "BREAKS"), words


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="part of a test's name")
    parser.add_argument("--whole", action="store_true", help="first run each test unchanged")
    options = parser.parse_args()
    outcomes: Counter = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = copy_of_the_project(Path(scratch) / "guide")
        for protection in protections():
            if options.only not in protection.test:
                continue
            start = time.monotonic()
            outcome, words = "passes", ""
            if options.whole:
                code, words = run_test(folder, protection.test)
                outcome = "passes" if code in (0, 5) else "FAILS UNCHANGED"
            if outcome == "passes":
                outcome, words = try_without(folder, protection)
            outcomes[outcome] += 1
            print(f"{outcome}: without {protection.gone}: {protection.test}", end=" ")
            print(f"({time.monotonic() - start:.0f} s)", flush=True)
            if outcome != "fails":
                print(words, flush=True)
    print(", ".join(f"{number} {outcome}" for outcome, number in outcomes.items()))
    return int(not outcomes or not set(outcomes) <= SEEN)


if __name__ == "__main__":
    sys.exit(main())
