"""What is written is told at the hub after it stands, in ftrack's old names; what was undone is told nobody."""

import threading
from collections.abc import Iterator
from typing import Any

import ftrack_api.exception
import pytest

from integration.sandbox.ftrack.stock import stock_id
from tests.contract.sandbox_ftrack.studio import ARTIST, LAYOUT, PROJECT, SHOT, Site
from tests.contract.sandbox_ftrack.test_writing import version_on


class Listener:
    """A session that keeps what the hub tells it."""

    def __init__(self, session: Any, subscription: str) -> None:
        self.events: list[Any] = []
        self._came = threading.Condition()
        session.event_hub.connect()
        session.event_hub.subscribe(subscription, self._take)
        self._thread = threading.Thread(target=session.event_hub.wait, args=(30,), daemon=True)
        self._thread.start()

    def _take(self, event: Any) -> None:
        with self._came:
            self.events.append(event)
            self._came.notify_all()

    def entities(self, count: int) -> list[dict[str, Any]]:
        """What the first `count` events say changed."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.events) >= count, 10), self.events
        return [entity for event in self.events[:count] for entity in event["data"]["entities"]]


@pytest.fixture
def heard(site: Site) -> Iterator[Listener]:
    session = site.session()
    yield Listener(session, "topic=ftrack.update")
    session.event_hub.disconnect()


def test_a_status_change_is_told_with_old_and_new_and_what_stands_above(site: Site, heard: Listener) -> None:
    session = site.session()
    session.get("Task", LAYOUT)["status_id"] = stock_id("Status", "Approved")
    session.commit()

    (entity,) = heard.entities(1)

    assert (entity["action"], entity["entityType"], entity["entity_type"], entity["keys"]) == ("update", "task", "Task", ["statusid"])
    assert entity["changes"] == {"statusid": {"old": stock_id("Status", "Pending review"), "new": stock_id("Status", "Approved")}}
    above = [(parent["entityId"], parent["entityType"]) for parent in entity["parents"]]
    assert above == [(LAYOUT, "task"), (SHOT, "task"), ("episode-1", "task"), (PROJECT, "show")]
    assert heard.events[0]["source"]["user"] == {"id": "user-sakura", "username": "sakura"}


def test_one_batch_is_one_event_however_much_it_holds(site: Site, heard: Listener) -> None:
    session = site.session()
    shot = session.create("Shot", {"name": "c002", "parent": session.get("Project", PROJECT)})
    task = session.create("Task", {"name": "Layout", "parent": shot})
    session.create("Appointment", {"context": task, "resource": session.get("User", ARTIST), "type": "assignment"})
    session.commit()

    told = [(entity["action"], entity["entity_type"], entity["parents"][-1]["entityId"]) for entity in heard.entities(1)]

    assert told == [("add", "Shot", PROJECT), ("add", "Task", PROJECT), ("add", "Appointment", PROJECT)]


def test_attributes_notes_and_deletions_are_told(site: Site, heard: Listener) -> None:
    session = site.session()
    version = version_on(session)
    version["custom_attributes"]["haikei_outcome"] = "used"
    session.commit()
    version.create_note("良い", session.query("User where username is sakura").one())
    session.commit()
    session.delete(version)
    session.commit()

    told = heard.entities(4)

    changes = {(entity["action"], entity["entityType"]): entity["changes"] for entity in told}
    assert changes["update", "assetversion"] == {"haikei_outcome": {"old": "", "new": "used"}}
    assert changes["add", "note"]["text"]["new"] == "良い"
    removed = [entity for entity in told if entity["action"] == "remove"]
    assert {entity["entityType"] for entity in removed} == {"note", "assetversion"}
    assert all(entity["parents"][-1]["entityId"] == PROJECT for entity in removed)


def test_what_was_undone_is_told_nobody(site: Site, heard: Listener) -> None:
    session = site.session()
    session.get("Task", LAYOUT)["name"] = "other"
    session.create("Shot", {"name": "c001", "parent": session.get("Episode", "episode-1")})
    with pytest.raises(ftrack_api.exception.ServerError):
        session.commit()
    session.rollback()
    session.get("Shot", SHOT)["description"] = "雨"
    session.commit()

    assert [entity["entityId"] for entity in heard.entities(1)] == [SHOT]
    rows = site.session().query("select action, data, user.username from Event order by id descending").all()
    assert (rows[0]["action"], rows[0]["user"]["username"], "雨" in rows[0]["data"]) == ("update.task", "sakura", True)


def test_nobody_listens_without_a_key(site: Site) -> None:
    session = site.session("reader")
    session.event_hub._api_key = "wrong"

    with pytest.raises(ftrack_api.exception.EventHubConnectionError):
        session.event_hub.connect()
