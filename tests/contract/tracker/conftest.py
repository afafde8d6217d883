"""Each adapter's site, fresh for each test where that is cheap."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from PIL import Image

from tests.contract.tracker.ftrack_site import running_ftrack
from tests.contract.tracker.shotgrid_site import running_shotgrid
from tests.contract.tracker.sites import Site

RUNNING: dict[str, Callable[[Path], AbstractContextManager[Site]]] = {"shotgrid": running_shotgrid, "ftrack": running_ftrack}


@pytest.fixture(params=["shotgrid", "ftrack"])
def bare_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site that was never set up."""
    with RUNNING[request.param](tmp_path) as site:
        yield site


@pytest.fixture
def site(bare_site: Site) -> Site:
    """A site that was set up."""
    assert all(step.state != "missing" for step in bare_site.tracker.set_up(apply=True))
    return bare_site


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A small PNG with a Japanese name."""
    path = tmp_path / "原図_c012.png"
    Image.effect_noise((320, 180), 60).convert("RGB").save(path)
    return path
