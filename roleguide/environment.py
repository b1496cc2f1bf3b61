"""What the environment says, for Django and for gunicorn; a file `.env` says the rest."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")


def refuse_if(is_unsafe, reason):
    """End the process with one line: a site that is set up unsafely does not start."""
    if is_unsafe:
        raise SystemExit(reason)


def flag(name, default=False):
    """Return a variable that is true or false: a slip of the pen takes no protection away."""
    given = (env(name, default="") or str(default)).lower()
    known = (*env.BOOLEAN_TRUE_STRINGS, "false", "off", "no", "n", "0")
    refuse_if(given not in known, f"{name} is true or false.")
    return given in env.BOOLEAN_TRUE_STRINGS
