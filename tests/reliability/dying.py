"""A process that ends, like with ``kill -9``, at a chosen write to the database.

``DIE_AT=40 python -m tests.reliability.dying load_guide`` runs a management command until its
40th write; without DIE_AT it prints how many there were. As ``tests.reliability.dying:application``
it is a site whose workers die at the write that the file DIE_FILE names.
"""

import os
import signal
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")
WRITES = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP")


class Death:
    """Counts writes and ends the process before the one it waits for."""

    def __init__(self, at):
        self.at, self.count = at, 0

    def __call__(self, execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(WRITES):
            at = self.at()
            self.count = 0 if at is None else self.count + 1
            if self.count and self.count == at:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    def wait(self, sender=None, connection=None, **kwargs):
        if self not in connection.execute_wrappers:
            connection.execute_wrappers.append(self)


def waiting(at) -> Death:
    """Return a death that waits on every connection from now on."""
    from django.db.backends.signals import connection_created

    death = Death(at)
    connection_created.connect(death.wait, weak=False)
    return death


def asked() -> int | None:
    """Return the write to die at, counted from when the file appeared, or None before that."""
    path = Path(os.environ["DIE_FILE"])
    return int(path.read_text()) if path.exists() else None


def main() -> None:
    from django.core.management import execute_from_command_line

    at = int(os.environ.get("DIE_AT", "0"))
    death = waiting(lambda: at)
    execute_from_command_line(sys.argv)
    sys.stdout.write(f"{death.count} writes\n")


if __name__ == "__main__":
    main()
elif "DIE_FILE" in os.environ:
    from roleguide.wsgi import application  # noqa: F401

    waiting(asked)
