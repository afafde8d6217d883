"""The drop-in for a studio's own event server, loaded by path by ftrack's client: it nudges haikei, and never harms its host."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import ftrack_api
import pytest

from integration.intake.nudge import nudged
from integration.production import TaskId
from tests.contract.tracker.ftrack_site import KEYS, FtrackSite, running_ftrack
from tests.contract.tracker.work import layout_task
from tests.house.source_files import HOUSE
from tests.menu_item import free_port

PATIENCE_S = 20.0


@pytest.fixture
def site(tmp_path: Path) -> Iterator[FtrackSite]:
    with running_ftrack(tmp_path) as site:
        assert all(step.state != "missing" for step in site.tracker.set_up(apply=True))
        yield site


@contextmanager
def event_server(site: FtrackSite) -> Iterator[ftrack_api.Session]:
    """A studio's event server with our folder among its plugins, attending to events in its own thread."""
    session = ftrack_api.Session(
        server_url=site.sandbox.url,
        api_user="shinko",
        api_key=KEYS["shinko"],
        plugin_paths=[str(HOUSE / "deploy" / "ftrack")],
        schema_cache_path=False,
        auto_connect_event_hub=True,
    )
    ended = threading.Event()

    def attend() -> None:
        while not ended.is_set():
            session.event_hub.wait(duration=0.2)

    thread = threading.Thread(target=attend)
    with closing(session):
        until(lambda: session.event_hub.connected)
        thread.start()
        try:
            yield session
        finally:
            ended.set()
            thread.join(PATIENCE_S)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def changed(site: FtrackSite, task: TaskId) -> bool:
    """The coordinator writes something into a task."""
    site._set("Task", task, description=f"{time.monotonic()}")
    return True


def test_what_happens_in_ftrack_nudges_haikei(site: FtrackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    rung, port = threading.Event(), free_port()
    monkeypatch.setenv("HAIKEI_NUDGE", f"127.0.0.1:{port}")

    with nudged("127.0.0.1", port, rung.set), event_server(site):
        task = layout_task(site)
        until(lambda: changed(site, task) and rung.wait(0.3))  # the client says that it is connected before it has subscribed


@pytest.mark.parametrize("address", ["127.0.0.1:9", "nowhere.invalid:8611", "nonsense", ""], ids=["silent", "unknown", "nonsense", "empty"])
def test_without_haikei_the_event_server_goes_on(site: FtrackSite, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HAIKEI_NUDGE", address)
    heard = threading.Event()

    with event_server(site) as session:
        session.event_hub.subscribe("topic=ftrack.update", lambda _event: heard.set())
        task = layout_task(site)

        until(lambda: changed(site, task) and heard.wait(0.3))
        assert session.event_hub.connected


def test_other_hosts_of_plugins_are_left_alone() -> None:
    namespace: dict[str, object] = {}
    exec((HOUSE / "deploy" / "ftrack" / "haikei_nudge.py").read_text(), namespace)
    register = namespace["register"]
    assert callable(register)

    assert register(object(), plugin="x") is None
    assert not [name for name in namespace.values() if isinstance(name, socket.socket)]
