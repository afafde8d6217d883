"""ftrack's event hub: told at once, never deaf, and the menu that asks over it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ftrack_api.event.base import Event

from integration.errors import TrackerError
from integration.events import OutcomeSaid, TaskStatusChanged, VersionMediaUploaded
from integration.sandbox.ftrack.hub_faults import Drop
from integration.tracker.ftrack import hub
from integration.tracker.menu import FormField, MenuCall, MenuItem, MenuReply
from tests.contract.tracker.ftrack_site import COORDINATOR, FtrackSite, running_ftrack
from tests.contract.tracker.work import draft, events, layout_task


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FtrackSite]:
    monkeypatch.setattr(hub, "_FIRST_PAUSE_S", 0.05)
    with running_ftrack(tmp_path) as site:
        assert all(step.state != "missing" for step in site.tracker.set_up(apply=True))
        yield site


def until(true: Callable[[], bool], *, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


@contextmanager
def listening(site: FtrackSite, desk: Any = None) -> Iterator[list[float]]:
    """Another process that listens; gives the moments at which it was told that something happened."""
    told: list[float] = []
    with site.opened_again().listen(lambda: told.append(time.monotonic()), desk):
        until(lambda: len(told) == 1)
        yield told


def test_an_approval_is_told_within_the_second(site: FtrackSite) -> None:
    task = layout_task(site)
    with listening(site) as told:
        began = time.monotonic()
        site.approve(task)

        until(lambda: len(told) > 1)
        assert told[-1] - began < 1


def test_what_is_no_concern_of_ours_wakes_nobody(site: FtrackSite) -> None:
    task = layout_task(site)
    with listening(site) as told:
        site._set("Task", task, description="x")
        site._heard()
        time.sleep(0.3)

        assert len(told) == 1


@pytest.mark.parametrize("how", ["cut", "close", "goodbye"])
def test_a_line_that_breaks_is_opened_again_and_what_happened_meanwhile_is_looked_for(site: FtrackSite, how: Drop) -> None:
    site._person.event_hub.disconnect()
    with listening(site) as told:
        site.sandbox.faults.hub.refuse_handshakes = 2
        site.sandbox.faults.hub.drop_sockets(how)

        until(lambda: len(told) > 1)


def test_an_event_that_comes_twice_is_one(site: FtrackSite) -> None:
    version = site.tracker.create_version(draft(site), key="draft:contract:double")
    cursor = site.tracker.first_cursor()
    site.sandbox.faults.hub.double_events = 2

    site.say_outcome(version, "used")

    assert len([event for event in events(site.tracker, cursor)[0] if isinstance(event, OutcomeSaid)]) == 1


def test_an_approval_is_told_though_the_hub_lost_it(site: FtrackSite) -> None:
    task = layout_task(site)
    cursor = site.tracker.first_cursor()
    site.sandbox.faults.hub.lose_events = 1

    site.approve(task)

    assert [event.task for event in events(site.tracker, cursor)[0] if isinstance(event, TaskStatusChanged)] == [task]


def test_a_file_has_one_event_however_it_is_heard_of(site: FtrackSite, picture: Path) -> None:
    """By the hub here, by the history elsewhere."""
    task = layout_task(site)
    cursor = site.tracker.first_cursor()

    site.hand_in(task, "原図", picture)
    heard = {e.event_id for e in events(site.tracker, cursor)[0] if isinstance(e, VersionMediaUploaded)}
    read = {e.event_id for e in events(site.opened_again(), cursor)[0] if isinstance(e, VersionMediaUploaded)}

    assert len(heard) == 1
    assert heard == read


@pytest.mark.parametrize(
    "data",
    [
        {"entities": None},
        {"entities": [None, 7, {}, {"action": "update"}]},
        {
            "entities": [
                {"action": "remove", "entityType": "assetversion", "entity_type": "AssetVersion", "entityId": '"; drop', "parents": 3}
            ]
        },
        {
            "entities": [
                {"action": "update", "entity_type": "AssetVersion", "entityId": "x", "changes": {"haikei_outcome": {"old": {}, "new": []}}}
            ]
        },
        {
            "entities": [
                {"action": "add", "entity_type": "FileComponent", "entityId": 'x" or 1', "changes": [], "parents": [{"entityType": "show"}]}
            ]
        },
        {
            "entities": [
                {"action": "add", "entity_type": "Appointment", "entityId": "a,b", "changes": {"context_id": {"new": 5}}, "parents": []}
            ]
        },
    ],
)
def test_malformed_events_stop_nothing(site: FtrackSite, data: Mapping[str, Any]) -> None:
    task = layout_task(site)
    cursor = site.tracker.first_cursor()
    site._person.event_hub.publish(Event(topic="ftrack.update", data=dict(data)))

    site.approve(task)

    assert [event.task for event in events(site.tracker, cursor)[0] if isinstance(event, TaskStatusChanged)] == [task]


class Desk:
    """Asks for an outcome in a form, and remembers who was asked and what they answered."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, MenuCall, dict[str, str]]] = []

    def items(self, call: MenuCall) -> tuple[MenuItem, ...]:
        return (MenuItem(name="outcome", label="AI draft outcome"),) if call.versions or call.tasks or call.backgrounds else ()

    def choose(self, item: str, call: MenuCall, answers: Mapping[str, str]) -> MenuReply:
        self.calls.append((item, call, dict(answers)))
        if answers.get("outcome") == "break":
            raise TrackerError("c012 cannot be said", hint="Ask the coordinator.")
        if answers:
            return MenuReply(done=True, message=f"Recorded: {answers['outcome']}.")
        choice = FormField(name="outcome", label="Outcome", kind="choice", choices=(("used", "Used"),), value="used")
        return MenuReply(done=False, message="", form=(FormField(name="", label="c012", kind="words"), choice))


def asked(site: FtrackSite, topic: str, data: dict[str, Any]) -> Any:
    """What the menu of a person shows."""
    answers: list[Any] = []
    site._person.event_hub.publish(Event(topic=topic, data=data), on_reply=lambda event: answers.append(event["data"]))
    end = time.monotonic() + 10
    while not answers and time.monotonic() < end:
        site._person.event_hub.wait(0.05)
    return answers[0] if answers else None


def test_the_menu_offers_its_items_and_asks_in_a_form(site: FtrackSite) -> None:
    task, desk = layout_task(site), Desk()
    version = site.hand_in(task, "c012", None)
    selection = [{"entityId": version, "entityType": "assetversion"}]
    with listening(site, desk):
        shown = asked(site, "ftrack.action.discover", {"selection": selection})
        launch = {"selection": selection, "actionIdentifier": shown["items"][0]["actionIdentifier"]}
        form = asked(site, "ftrack.action.launch", launch)
        done = asked(site, "ftrack.action.launch", {**launch, "values": {"outcome": "used"}})
        refused = asked(site, "ftrack.action.launch", {**launch, "values": {"outcome": "break"}})

    assert shown["items"] == [{"label": "haikei", "variant": "AI draft outcome", "actionIdentifier": "haikei.outcome"}]
    assert form["items"] == [
        {"type": "label", "value": "c012"},
        {"type": "enumerator", "name": "outcome", "label": "Outcome", "value": "used", "data": [{"value": "used", "label": "Used"}]},
    ]
    assert done == {"success": True, "message": "Recorded: used."}
    assert refused == {"success": False, "message": "C012 cannot be said. Ask the coordinator."}
    assert [(item, call.person, call.versions, answers) for item, call, answers in desk.calls[:2]] == [
        ("outcome", f"User:{COORDINATOR}", (version,), {}),
        ("outcome", f"User:{COORDINATOR}", (version,), {"outcome": "used"}),
    ]


def test_the_menu_knows_a_task_from_a_shot(site: FtrackSite) -> None:
    cut, desk = site.new_cut("c013"), Desk()
    task = site.new_task(cut, step="Layout", name="レイアウト", status=site.ready)
    selection = [{"entityId": each, "entityType": "task"} for each in (task, cut.partition(":")[2])]
    with listening(site, desk):
        assert asked(site, "ftrack.action.discover", {"selection": selection})
        asked(site, "ftrack.action.launch", {"selection": selection, "actionIdentifier": "haikei.outcome"})

    (_, call, _) = desk.calls[0]
    assert (call.tasks, call.backgrounds) == ((task,), (cut,))


def test_listening_ends_when_it_is_told_to(site: FtrackSite) -> None:
    with listening(site):
        pass

    assert [thread.name for thread in threading.enumerate()].count("ftrack-hub") == 1
