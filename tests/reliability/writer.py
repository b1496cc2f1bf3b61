"""Writes pairs of rows for as long as it lives: ``python -m tests.reliability.writer``.

Each pair is one transaction over two tables; its number is printed once the database has taken it.
"""

import os
import sys
from itertools import count

import django

# Several pages long, so that a transaction is not one lucky write.
TEXT = "x" * 200


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "roleguide.settings"
    django.setup()
    from django.contrib.sessions.models import Session
    from django.db import transaction
    from django.utils import timezone

    from profiles.models import AuditEntry

    for number in count():
        with transaction.atomic():
            AuditEntry.objects.record("login", name=f"writer {number}", subject=TEXT)
            key = f"writer {number}"
            Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
