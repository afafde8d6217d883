"""Sites for the tests of the pretend ftrack site."""

from collections.abc import Iterator

import pytest

from tests.contract.sandbox_ftrack.studio import Site, running_site


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own for each test."""
    with running_site(tmp_path_factory.mktemp("ftrack")) as site:
        yield site


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site for tests that only read."""
    with running_site(tmp_path_factory.mktemp("ftrack")) as site:
        yield site
