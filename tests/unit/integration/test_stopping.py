"""A signal sets the event whatever the main thread does just then, and what was before comes back."""

import os
import signal

import pytest

from integration.stopping import stop_at_signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_sets_the_event(number: signal.Signals) -> None:
    with stop_at_signals() as stop:
        before = stop.is_set()

        os.kill(os.getpid(), number)

        assert not before
        assert stop.wait(10)


@pytest.mark.timeout(30)
def test_signals_that_come_while_the_event_is_locked_stop_nothing_for_ever() -> None:
    with stop_at_signals() as stop:
        with stop._cond:  # type: ignore[attr-defined]  # what `wait` holds for a moment in every round
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
            held = stop.is_set()

        assert not held
        assert stop.wait(10)


def test_the_handlers_and_the_descriptor_of_before_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    with stop_at_signals():
        within = signal.getsignal(signal.SIGTERM)

    assert within is not before[0]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
    assert signal.set_wakeup_fd(-1) == -1
