"""What every test may ask for."""

import gc

import pytest
from django.conf import settings
from django.db import connection, transaction

from profiles.models import Role, Trait
from tests.factories import load_vocabulary, make_role
from tests.prepared import Prepared
from tests.tried import pytest_runtest_call, pytest_terminal_summary  # noqa: F401 - hooks


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


def pytest_collection_finish():
    """Spare the collector what lives as long as the run: modules, tests, compiled patterns."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Load the shared vocabulary once; each test's transaction starts from it."""
    with django_db_blocker.unblock():
        load_vocabulary()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, worker_id):
    """Loaded guides, which all workers of a run share."""
    own = tmp_path_factory.getbasetemp()
    return Prepared(own if worker_id == "master" else own.parent)


@pytest.fixture(scope="module")
def module_rows(django_db_setup, django_db_blocker):
    """Let a module make rows once; each test rolls back to them, the module's end to nothing."""
    with django_db_blocker.unblock(), transaction.atomic():
        if not Trait.objects.exists():
            load_vocabulary()
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def open_connection():
    """Keep the test's own connection where an answer is closed as a server closes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
        yield


@pytest.fixture
def vocabulary(db):
    """The real shared vocabulary: areas, contexts, traits, archetypes, sources, pages."""
    if not Trait.objects.exists():  # a transactional test before this one emptied the tables
        load_vocabulary()


@pytest.fixture(scope="module")
def made_role(module_rows):
    """The role that every test of a file starts from, made once; a file may make another."""
    return make_role()


@pytest.fixture
def role(db, made_role):
    return Role.objects.get(pk=made_role.pk)


@pytest.fixture
def base(role):
    """The base profile of ``role``."""
    return role.profiles.get(context=None)


@pytest.fixture
def startup(role):
    """The Startup profile of ``role``."""
    return role.profiles.get(context__slug="startup")
