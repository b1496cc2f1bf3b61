"""What every test may ask for."""

import gc
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from profiles.documents.schema import RoleDocument
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import dump, read
from profiles.models import Role, Trait
from profiles.models.groups import make_groups
from profiles.search import index
from tests.helpers.factories import FIXTURES, load_vocabulary, make_role
from tests.helpers.prepared import Prepared


def pytest_configure():
    """Serve static files by their plain names, without collectstatic; hash passwords quickly.

    A strong hash is slow by design: most of an account that a test makes and throws away.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    # Look a file up when it is asked for: each client would read the thousand collected ones.
    settings.WHITENOISE_AUTOREFRESH = True
    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES["staticfiles"]["BACKEND"] = backend


# By folder; Django's own admin templates print variables that only some pages have.
MARKS = dict.fromkeys(["desk", "security"], pytest.mark.ignore_template_errors)
MARKS["browser"] = pytest.mark.browser


def pytest_collection_modifyitems(items):
    """Mark every test of a folder."""
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        if folder in MARKS:
            item.add_marker(MARKS[folder])


def pytest_collection_finish():
    """Spare the collector what lives as long as the run: modules, tests, compiled patterns."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Load the shared vocabulary once; each test's transaction starts from it."""
    with django_db_blocker.unblock():
        load_vocabulary()


def load_what_is_missing():
    """Load again what a transactional test before this one has emptied."""
    if not Trait.objects.exists():
        load_vocabulary()
    if not Group.objects.exists():
        make_groups(apps.get_app_config("profiles"))


@pytest.fixture(autouse=True)
def fresh_index():
    """Let each test search what it has made: a rolled-back version comes a second time."""
    index.kept.clear()


@pytest.fixture
def queries():
    """Count the queries that something costs."""

    def count(ask, *arguments):
        with CaptureQueriesContext(connection) as captured:
            ask(*arguments)
        return len(captured)

    return count


@pytest.fixture
def costs(django_assert_num_queries):
    """Assert that something costs so many queries, and no more after the guide has grown."""

    def check(queries, ask, grow):
        for change in (lambda: None, grow):
            change()
            # What search reads once for each version of the content is not a page's.
            index.current_index()
            with django_assert_num_queries(queries):
                ask()

    return check


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, worker_id):
    """Loaded guides, which all workers of a run share."""
    own = tmp_path_factory.getbasetemp()
    return Prepared(own if worker_id == "master" else own.parent)


@pytest.fixture(scope="module")
def module_rows(django_db_setup, django_db_blocker):
    """Let a module make rows once; each test rolls back to them, the module's end to nothing."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_what_is_missing()
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def open_connection():
    """Keep the test's own connection where an answer is closed as a server closes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
        yield


@pytest.fixture(scope="module")
def guide(module_rows):
    """The document of the real vocabulary, which is loaded."""
    return read(FIXTURES / "guide.yaml", GuideDocument)


@pytest.fixture
def vocabulary(db):
    """The real shared vocabulary: areas, contexts, traits, archetypes, sources, pages."""
    load_what_is_missing()


@pytest.fixture(autouse=True)
def shared_rows(request):
    """Give every test that reads the database the vocabulary, in whatever order they run."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        request.getfixturevalue("vocabulary")


@pytest.fixture(scope="module")
def made_role(request, module_rows):
    """The role that every test of a file starts from, made once, with what its ROLE asks for."""
    return make_role(**getattr(request.module, "ROLE", {}))


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


@pytest.fixture
def folder(tmp_path):
    """A folder for the guide's documents."""
    (tmp_path / "roles").mkdir()
    return tmp_path


@pytest.fixture
def write(folder):
    """Write role documents (or texts, or bytes) as files and return the folder."""

    def write(**files):
        for name, content in files.items():
            if isinstance(content, RoleDocument):
                content = dump(content, "../role.schema.json")
            content = content if isinstance(content, bytes) else content.encode()
            (folder / "roles" / f"{name.replace('_', '-')}.yaml").write_bytes(content)
        return folder

    return write
