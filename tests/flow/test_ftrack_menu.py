"""ftrack's own menu, asked by people's clients over the event hub and answered by the running services."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ftrack_api
import pytest
from ftrack_api.event.base import Event

from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind, Role, Verdict
from integration.sandbox.ftrack.translated import person_key
from tests.floor import approve
from tests.pretend_episode import PASSWORD, Cut
from tests.running_haikei import RunningHaikei, running_haikei

pytestmark = pytest.mark.timeout(300)
"""Services are started and stopped; a busy machine takes its time."""

PATIENCE_S = 30.0


@dataclass
class Menus:
    """The menus of the people of the episode."""

    url: str
    folder: Path
    _open: dict[str, Any] = field(default_factory=dict)

    def ask(self, login: str, topic: str, selection: list[tuple[str, str]], **data: Any) -> Any:
        """What somebody's client is answered; None when nobody answers within half a second."""
        hub, answers = self._of(login).event_hub, list[Any]()
        chosen = [{"entityId": number, "entityType": kind} for kind, number in selection]
        event = Event(topic=f"ftrack.action.{topic}", data={"selection": chosen, **data})
        hub.publish(event, on_reply=lambda reply: answers.append(reply["data"]))
        end = time.monotonic() + (0.5 if topic == "discover" else PATIENCE_S)
        while not answers and time.monotonic() < end:
            hub.wait(0.05)
        return answers[0] if answers else None

    def items(self, login: str, selection: list[tuple[str, str]]) -> list[str]:
        """The names of our items that somebody sees."""
        found = self.ask(login, "discover", selection)
        return [item["actionIdentifier"] for item in found["items"]] if found else []

    def _of(self, login: str) -> Any:
        if login not in self._open:
            options = {"plugin_paths": [], "schema_cache_path": str(self.folder), "strict_api": True}
            self._open[login] = ftrack_api.Session(self.url, person_key(PASSWORD, login), login, **options)
            self._open[login].event_hub.connect()
        return self._open[login]

    def close(self) -> None:
        """Everybody leaves."""
        for session in self._open.values():
            session.close()


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHaikei]:
    """The services; 背 景子 is handed the drafts, 監 督太 may ask for more."""
    project = {"drafts": 1, "assignment": {"kind": "fixed", "to": ["artist"]}, "art_directors": ["director"], "max_rounds": 2}
    with running_haikei(tmp_path_factory.mktemp("ftrack_menu"), cuts=3, tracker="ftrack", project=project) as running:
        yield running


@pytest.fixture
def menus(haikei: RunningHaikei, tmp_path: Path) -> Iterator[Menus]:
    menus = Menus(haikei.floor.url, tmp_path)
    yield menus
    menus.close()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it never came true"


def filled(form: Any, **answers: str) -> dict[str, str]:
    """A form sent back as ftrack does: everything with a name, as it stood or as it was answered."""
    return {each["name"]: each["value"] for each in form["items"] if each.get("name")} | answers


def entries(haikei: RunningHaikei, cut: Cut, kind: Kind) -> list[Entry]:
    with haikei.engine.connect() as connection:
        return [entry for _, entry in log.read(connection, background=f"Shot:{haikei.floor.shot(cut)}", kinds=[kind])]


def test_the_artist_says_what_became_of_a_draft(haikei: RunningHaikei, menus: Menus) -> None:
    cut = Cut(1)
    approve(haikei.floor, cut)
    task = haikei.wait_for(cut.code, "delivered").review_task
    (draft,) = haikei.floor.drafts(cut)
    about = [("task", task)]

    until(lambda: menus.items("artist", about) == ["haikei.outcome"])
    form = menus.ask("artist", "launch", about, actionIdentifier="haikei.outcome", values={})
    answers = filled(form, **{draft.id: "partly_used"})
    done = [menus.ask("artist", "launch", about, actionIdentifier="haikei.outcome", values=answers) for _ in range(2)]

    assert [reply["success"] for reply in done] == [True, True]
    (entry,) = entries(haikei, cut, Kind.DRAFT_OUTCOME)
    assert entry.decision is not None and entry.decision.verdict is Verdict.PARTLY_USED
    assert entry.actor.role is Role.BACKGROUND_ARTIST
    assert entry.tracker is not None and (entry.tracker.type, entry.tracker.version_id) == ("ftrack", draft.id)
    assert menus.items("layout", about) == []
    assert menus.ask("layout", "launch", about, actionIdentifier="haikei.outcome", values=answers)["success"] is False


def test_the_art_director_starts_a_round_and_the_artist_reads_why(haikei: RunningHaikei, menus: Menus) -> None:
    cut = Cut(2)
    approve(haikei.floor, cut)
    haikei.wait_for(cut.code, "delivered")
    about = [("assetversion", haikei.floor.drafts(cut)[0].id)]

    until(lambda: menus.items("director", about) == ["haikei.new_round"])
    form = menus.ask("director", "launch", about, actionIdentifier="haikei.new_round", values={})
    answers = filled(form, reason="夕景に。 再ドラフト")
    done = [menus.ask("director", "launch", about, actionIdentifier="haikei.new_round", values=answers) for _ in range(2)]

    second = haikei.wait_for(cut.code, "delivered", number=2)
    told = [note for note in haikei.floor.notes(cut) if "asks for new drafts" in note.subject]
    again = menus.ask("director", "launch", [("task", second.review_task)], actionIdentifier="haikei.new_round", values={})
    assert [reply["success"] for reply in done] == [True, True]
    assert len(told) == 1 and "監 督太" in told[0].content and "夕景に。" in told[0].content
    assert again["success"] is False and "max_rounds" in again["message"]
    assert [entry.round for entry in entries(haikei, cut, Kind.DRAFT_REQUESTED)] == [1, 2]


def test_anybody_reads_why_there_is_no_draft(haikei: RunningHaikei, menus: Menus) -> None:
    cut = Cut(3)
    haikei.floor.delete_version(haikei.floor.genzu(cut))
    approve(haikei.floor, cut)
    haikei.wait(haikei.held, what="a held layout")

    for about in ([("task", haikei.floor.layout_task(cut))], [("task", haikei.floor.shot(cut))]):
        assert menus.items("layout", about) == ["haikei.why"]
        told = menus.ask("layout", "launch", about, actionIdentifier="haikei.why", values={})
        assert told["success"] is True
        assert "c003" in told["message"] and "genzu" in told["message"] and "原図を上げる方" in told["message"]
