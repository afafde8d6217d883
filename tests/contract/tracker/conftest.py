"""Each adapter's site, fresh for each test where that is cheap."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from integration.sandbox.ftrack.running import start_ftrack_sandbox
from integration.sandbox.server import start_sandbox
from tests.contract.tracker import ftrack_site
from tests.contract.tracker.ftrack_site import FtrackSite
from tests.contract.tracker.shotgrid_site import ShotGridSite, write_seed
from tests.contract.tracker.sites import Site


@pytest.fixture(params=["shotgrid", "ftrack"])
def bare_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site that was never set up."""
    if request.param == "ftrack":
        with start_ftrack_sandbox(ftrack_site.write_seed(tmp_path), folder=tmp_path / "studio", encode_s=0.05) as running:
            there = FtrackSite(running, tmp_path)
            yield there
            there.close()
        return
    with start_sandbox(write_seed(tmp_path), folder=tmp_path / "studio") as sandbox:
        site = ShotGridSite(sandbox)
        yield site
        site.close()


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
