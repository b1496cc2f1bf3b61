"""`make` finds a Python that is new enough, also behind pyenv's back."""

import subprocess

from tests.helpers.site import ROOT

ASK = "ask: ; @echo $(PYTHON)"
TOO_OLD, NEW_ENOUGH = "#!/bin/sh\nexit 1\n", "#!/bin/sh\nexit 0\n"
# What a shim does while the version of .python-version is not installed.
SHIM = "#!/bin/sh\necho 'pyenv: version `3.13` is not installed' >&2\nexit 127\n"


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def found(folder):
    """Return the Python that make chooses where all names on the PATH are shims in ``folder``."""
    env = {"PATH": f"{folder / 'shims'}:/usr/bin:/bin", "HOME": str(folder)}
    command = ["make", "--eval", ASK, "ask"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_pyenv_without_the_pinned_version_falls_back_to_another_one_of_its_own(tmp_path):
    for name in ("python3.14", "python3.13", "python3.12", "python3", "python"):
        script(tmp_path / "shims" / name, SHIM)
    versions = tmp_path / ".pyenv" / "versions"
    script(versions / "3.9.1" / "bin" / "python3", TOO_OLD)
    good = script(versions / "3.12.4" / "bin" / "python3", NEW_ENOUGH)
    assert found(tmp_path) == str(good)
    script(tmp_path / "shims" / "python3.12", NEW_ENOUGH)
    assert found(tmp_path) == "python3.12"
