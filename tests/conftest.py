"""What any test may ask for: a seed that is printed, a PostgreSQL database of its own, a browser."""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from tests.needed import missing
from tests.postgres_server import PostgresServer, find_postgres, running_postgres

SLOW_FIXTURES = {"postgres_url", "chromium"}
"""Whoever asks for one of these is a slow test, marked or not."""

hypothesis_settings.register_profile("haikei", deadline=None, print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    """Keep a developer's own settings out of the tests, and choose the seed before anything draws from it."""
    for name in [name for name in os.environ if name.startswith("HAIKEI_")]:
        del os.environ[name]
    hypothesis_settings.load_profile("haikei")
    os.environ.setdefault("TEST_SEED", str(random.SystemRandom().randrange(2**32)))


def pytest_report_header(config: pytest.Config) -> str:
    """Say which seed this run drew."""
    return f"seed: {os.environ['TEST_SEED']} (TEST_SEED={os.environ['TEST_SEED']} repeats it)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what needs a server or a browser."""
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """A seed of this test's own, 0 to 2**32 - 1: the same for the same TEST_SEED."""
    drawn = random.Random(f"{os.environ['TEST_SEED']} {request.node.nodeid}").randrange(2**32)
    print(f"seed of this test: {drawn}")
    return drawn


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Debian's PostgreSQL on a port and in a folder of its own."""
    programs = find_postgres()
    if programs is None:
        missing("PostgreSQL (Debian: postgresql)")
    with running_postgres(programs) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """``postgresql+psycopg://`` URL of a new, empty database."""
    return postgres_server.new_database()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Debian's Chromium; Playwright takes it as `executable_path`."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        missing("Chromium (Debian: chromium)")
    return Path(found)
