"""The event hub's faults, told in JSON."""

from typing import Any

import pytest

from integration.sandbox.ftrack.hub_faults import HubFaults


def test_only_what_happened_counts_as_a_fault() -> None:
    faults, sockets = HubFaults(), iter((2, 0))
    faults.attach(lambda how: next(sockets))
    faults.apply({"lose_events": 2, "refuse_handshakes": 1})

    faults.drop_sockets()
    faults.drop_sockets()
    faults.take_copies()
    faults.take_expiry()

    assert faults.struck == 2


def test_faults_are_set_used_up_and_cleared() -> None:
    faults, dropped = HubFaults(), []  # type: tuple[HubFaults, list[str]]

    def drop(how: str) -> int:
        dropped.append(how)
        return 1

    faults.attach(drop)

    faults.apply({"refuse_handshakes": 1, "lose_events": 1, "double_events": 1, "delay_events_s": 2, "drop_sockets": "cut"})

    assert dropped == ["cut"]
    assert faults.delay_events_s == 2.0
    assert [faults.take_refusal(), faults.take_refusal(), faults.take_expiry()] == [True, False, False]
    assert [faults.take_copies() for _ in range(3)] == [0, 2, 1]
    faults.apply({"expire_handshakes": 5})
    faults.apply({"clear": True})
    assert not faults.take_expiry()
    assert faults.delay_events_s == 0.0


@pytest.mark.parametrize(
    "wanted",
    [{"lose_events": -1}, {"lose_events": True}, {"lose_events": 10**9}, {"delay_events_s": "1"}, {"delay_events_s": 1e9},
     {"drop_sockets": "softly"}, {"drop_sockets": []}, {"_lock": 1}, {"no_such": 1}],
)  # fmt: skip
def test_no_such_fault_is_said_so(wanted: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        HubFaults().apply(wanted)
