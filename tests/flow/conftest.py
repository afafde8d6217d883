"""Every tracker that the flow tests run on, and the people at work in it."""

import pytest

from tests.floor import TRACKERS, Floor
from tests.running_haikei import RunningHaikei


@pytest.fixture(scope="module", params=TRACKERS)
def tracker(request: pytest.FixtureRequest) -> str:
    """The tracker that a module's services work with; each module runs once on every one."""
    return str(request.param)


@pytest.fixture
def floor(haikei: RunningHaikei) -> Floor:
    """The people at work in the tracker of the module's services."""
    return haikei.floor
