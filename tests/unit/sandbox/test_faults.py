"""Planned failures strike the calls they are meant for, and only what struck is counted."""

import pytest

from integration.sandbox.ftrack.faults import Faults as FtrackFaults
from integration.sandbox.shotgrid.faults import Faults as ShotGridFaults

SITES = [(ShotGridFaults, lambda faults, call: faults.take(call)), (FtrackFaults, lambda faults, call: faults.take({call}))]


@pytest.mark.parametrize(("faults", "take"), [(kind(), take) for kind, take in SITES], ids=["shotgrid", "ftrack"])
def test_a_failure_lets_as_many_calls_pass_as_it_was_told(faults, take) -> None:
    faults.fail("create", passed=2)

    struck = [take(faults, call) is not None for call in ("create", "update", "create", "create", "create")]

    assert struck == [False, False, False, True, False]
    assert (faults.struck, faults.planned("create")) == (1, 0)
