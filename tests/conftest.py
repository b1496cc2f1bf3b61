"""What every test may ask for."""

import pytest

from tests.factories import load_vocabulary


@pytest.fixture
def vocabulary(db):
    """The real shared vocabulary: areas, contexts, traits, archetypes, sources, pages."""
    return load_vocabulary()
