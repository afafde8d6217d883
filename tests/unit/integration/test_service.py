"""The integration looks as soon as the tracker tells of something, and ends as soon as it is told to."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from integration.errors import TransientTrackerError
from integration.sandbox.server import start_sandbox
from integration.service import serve
from integration.settings import Settings
from integration.studio import Studio, open_studio
from integration.tracker.menu import MenuDesk
from integration.tracker.protocol import EventPage, Tracker
from integration.workflow.menu_desk import WorkflowDesk
from tests.menu_item import free_port
from tests.pretend_episode import PROJECT, write_episode

PATIENCE_S = 30.0
NUDGE_PORT = free_port()


@dataclass
class TellingTracker:
    """A real site that also tells of itself when a test says so."""

    real: Tracker
    looks: int = 0
    heard: Callable[[], None] | None = None
    desk: MenuDesk | None = None
    opened: list[str] = field(default_factory=list)
    answers: bool = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def events_after(self, cursor: str, *, limit: int = 500) -> EventPage:
        """Counts the looks."""
        self.looks += 1
        return self.real.events_after(cursor, limit=limit)

    @contextmanager
    def listen(self, heard: Callable[[], None], desk: MenuDesk | None = None) -> Iterator[None]:
        """Keeps what is called."""
        if not self.answers:
            raise TransientTrackerError("the line cannot be opened")
        self.heard, self.desk = heard, desk
        self.opened.append("open")
        yield
        self.opened.append("closed")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with start_sandbox(write_episode(tmp_path / "seed", cuts=1, genzu=False), folder=tmp_path / "site") as sandbox:
        settings = Settings.model_validate(
            {
                "tracker": "shotgrid",
                "state_folder": tmp_path / "state",
                "shotgrid": {"url": sandbox.url, "script_name": sandbox.script_name, "api_key": sandbox.api_key},
                "intake": {"poll_s": 300, "nudge_port": NUDGE_PORT},
                "projects": {PROJECT: {}},
            }
        )
        opened = open_studio(settings)
        list(opened.tracker.set_up(apply=True))
        yield replace(opened, tracker=cast(Tracker, TellingTracker(opened.tracker)))
        opened.queue.destroy()
        opened.engine.dispose()


@contextmanager
def at_work(studio: Studio) -> Iterator[threading.Event]:
    stop, listening = threading.Event(), threading.Event()
    thread = threading.Thread(target=serve, args=(studio, stop, listening))
    thread.start()
    try:
        assert listening.wait(PATIENCE_S)
        yield stop
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def wait_for(done: Callable[[], bool]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until_s
        time.sleep(0.02)


def test_what_is_heard_is_looked_at_long_before_the_next_poll(studio: Studio) -> None:
    tracker = cast(TellingTracker, studio.tracker)

    with at_work(studio):
        wait_for(lambda: tracker.heard is not None and tracker.looks >= 1)
        before = tracker.looks
        assert tracker.heard is not None
        tracker.heard()
        wait_for(lambda: tracker.looks > before)

        assert tracker.opened == ["open"]
        assert isinstance(tracker.desk, WorkflowDesk)

    assert tracker.opened == ["open", "closed"]


def test_without_a_line_the_tracker_is_looked_at_all_the_same(studio: Studio) -> None:
    tracker = cast(TellingTracker, studio.tracker)
    tracker.answers = False
    intake = studio.settings.intake.model_copy(update={"poll_s": 0.1})

    with at_work(replace(studio, settings=studio.settings.model_copy(update={"intake": intake}))):
        wait_for(lambda: tracker.looks >= 3)


def test_a_nudge_is_looked_at_long_before_the_next_poll(studio: Studio) -> None:
    tracker = cast(TellingTracker, studio.tracker)

    with at_work(studio), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
        before = tracker.looks
        mouth.sendto(b"!", ("127.0.0.1", NUDGE_PORT))

        wait_for(lambda: tracker.looks > before)


def test_it_ends_in_the_middle_of_a_long_pause(studio: Studio) -> None:
    with at_work(studio) as stop:
        began_s = time.monotonic()
        stop.set()

    assert time.monotonic() - began_s < PATIENCE_S
