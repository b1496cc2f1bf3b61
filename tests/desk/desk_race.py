"""Eight editors save one profile at once: ``python -m tests.desk.desk_race`` on DATABASE_URL.

A test's own SQLite database lives in memory, where threads cannot wait for each other.
"""

import json
import threading

RACERS = 8
# No role of a prepared guide.
SLUG = "race-tester"


def race() -> dict:
    """Return the statuses of eight saves of one form, whose text won, and what the desk says."""
    from django.contrib.auth.models import User
    from django.test import Client

    from profiles.models import Profile
    from tests.desk.forms import form_values
    from tests.factories import make_role

    base = make_role(SLUG, publish=False).profiles.get(context=None)
    clients = [Client() for _ in range(RACERS)]
    for number, client in enumerate(clients):
        client.force_login(User.objects.create_superuser(f"editor-{number}"))
    values = form_values(clients[0], base)
    statuses = _post_at_once(clients, base, values)
    return {
        "statuses": [status for status, _ in statuses],
        "winners": [summary for status, summary in statuses if status == 302],
        "summary": Profile.objects.get(pk=base.pk).summary,
    }


def _post_at_once(clients, profile, values):
    from django.db import connection

    from tests.desk.forms import change_url

    barrier, statuses = threading.Barrier(len(clients)), []

    def save(number, client):
        summary = f"El resumen de {number}."
        barrier.wait()
        try:
            response = client.post(change_url(profile), {**values, "summary": summary})
            statuses.append((response.status_code, summary))
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=pair) for pair in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def main() -> None:
    """Race on the database of DATABASE_URL, a migrated one, and print the outcome as JSON."""
    import os

    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "roleguide.settings"
    django.setup()
    from django.conf import settings
    from django.test.utils import setup_test_environment

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    setup_test_environment()
    print(json.dumps(race()))  # noqa: T201


if __name__ == "__main__":
    main()
