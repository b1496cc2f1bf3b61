"""A command that ends, like with ``kill -9``, at a chosen write to the database.

``DIE_AT=40 python -m tests.reliability.dying load_guide`` runs it until its 40th write; without
DIE_AT it prints how many there were.
"""

import os
import signal
import sys
from itertools import count

from django.core.management import execute_from_command_line
from django.db.backends.signals import connection_created

WRITES = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP")
DIE_AT = int(os.environ.get("DIE_AT", "0"))
numbers = count(1)


def count_writes(execute, sql, params, many, context):
    if sql.lstrip().upper().startswith(WRITES) and next(numbers) == DIE_AT:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)


def watch(sender, connection, **kwargs):
    if count_writes not in connection.execute_wrappers:
        connection.execute_wrappers.append(count_writes)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")
    connection_created.connect(watch)
    execute_from_command_line(sys.argv)
    sys.stdout.write(f"{next(numbers) - 1} writes\n")
