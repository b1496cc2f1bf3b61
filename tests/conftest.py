"""What every test may ask for."""

import pytest
from django.conf import settings
from django.db import transaction

from profiles.models import Trait
from tests.factories import load_vocabulary


def pytest_configure():
    """Serve static files by their plain names, without collectstatic; hash passwords quickly.

    A strong hash is slow by design: most of an account that a test makes and throws away.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    # Look a file up when it is asked for: each client would read the thousand collected ones.
    settings.WHITENOISE_AUTOREFRESH = True
    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES["staticfiles"]["BACKEND"] = backend


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Load the shared vocabulary once; each test's transaction starts from it."""
    with django_db_blocker.unblock():
        load_vocabulary()


@pytest.fixture(scope="module")
def module_rows(django_db_setup, django_db_blocker):
    """Let a module make rows once; each test rolls back to them, the module's end to nothing."""
    with django_db_blocker.unblock(), transaction.atomic():
        if not Trait.objects.exists():
            load_vocabulary()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def vocabulary(db):
    """The real shared vocabulary: areas, contexts, traits, archetypes, sources, pages."""
    if not Trait.objects.exists():  # a transactional test before this one emptied the tables
        load_vocabulary()
