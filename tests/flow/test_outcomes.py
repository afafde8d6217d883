"""What became of a draft is said by a field or the menu until the shot is final; where no draft is wanted, none is painted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shotgun_api3

from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import ActorKind, Kind, Role, Verdict
from tests.flow.test_main_job import approve, drafts_of, entries_of, hand_in_revision, notes_on
from tests.menu_item import SECRET, Browser, form_of, free_port, text_of, tokens
from tests.pretend_episode import BACKGROUND_STEP, PROJECT_ID, Cut, signed_in
from tests.running_haikei import RunningHaikei, running_haikei

pytestmark = pytest.mark.timeout(300)
"""Services are started and stopped; a busy machine takes its time."""

ARTIST = 45


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHaikei]:
    """The services with their pages; the artist 監 督太 wants no drafts, 背 景子 is handed them."""
    folder = tmp_path_factory.mktemp("outcomes")
    project = {"drafts": 1, "assignment": {"kind": "fixed", "to": ["artist"]}, "no_draft_for": ["director"], "outcome_by": ["sakura"]}
    with running_haikei(folder, cuts=8, project=project, web={"port": free_port(), "menu_secret": SECRET}) as running:
        yield running


@pytest.fixture(scope="module")
def coordinator(haikei: RunningHaikei) -> Iterator[shotgun_api3.Shotgun]:
    with signed_in(haikei.sandbox.url) as client:
        yield client


@pytest.fixture(scope="module")
def artist(haikei: RunningHaikei) -> Iterator[shotgun_api3.Shotgun]:
    with signed_in(haikei.sandbox.url, "artist") as client:
        yield client


@pytest.fixture
def browser(haikei: RunningHaikei) -> Browser:
    return Browser(f"http://127.0.0.1:{haikei.settings.web.port}")


def outcomes(haikei: RunningHaikei, cut: Cut) -> list[Entry]:
    with haikei.engine.connect() as connection:
        return [entry for _, entry in log.read(connection, background=f"Shot:{cut.shot}", kinds=[Kind.DRAFT_OUTCOME])]


def delivered(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun, cut: Cut) -> tuple[int, int]:
    """A cut's draft Version and review task."""
    approve(coordinator, cut)
    review = int(haikei.wait_for(cut.code, "delivered").review_task)
    return int(drafts_of(coordinator, cut)[0]["id"]), review


def chosen(haikei: RunningHaikei, *about: int, user: int = ARTIST, kind: str = "Version") -> dict[str, str]:
    """The menu item's form, as the site signs it now."""
    return form_of(user=user, about=about, site=haikei.sandbox.url.partition("//")[2], kind=kind)


def test_the_field_says_it_and_a_cleared_or_unknown_one_says_nothing(
    haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun, artist: shotgun_api3.Shotgun
) -> None:
    cut = Cut(1)
    draft, _ = delivered(haikei, coordinator, cut)
    coordinator.schema_field_update("Version", "sg_haikei_outcome", {"valid_values": [*VALUES, "so so"]})

    for said in ("partly used", None, "so so", "from scratch"):
        artist.update("Version", draft, {"sg_haikei_outcome": said})
    haikei.wait(lambda: len(outcomes(haikei, cut)) == 2, what="two outcomes")
    told = haikei.haikei("report", "shot", cut.code).stdout

    assert [entry.decision.verdict for entry in outcomes(haikei, cut) if entry.decision] == [Verdict.PARTLY_USED, Verdict.FROM_SCRATCH]
    assert {entry.actor.role for entry in outcomes(haikei, cut)} == {Role.BACKGROUND_ARTIST}
    assert "outcome not understood" in haikei.log.read_text()
    assert told.index("outcome: painted from scratch, says 背 景子") < told.index("before that, outcome: partly used, says 背 景子")


def test_the_menu_says_it_on_a_version_and_on_the_task(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun, browser: Browser) -> None:
    cut = Cut(2)
    draft, review = delivered(haikei, coordinator, cut)

    first = browser.press(browser.choose(chosen(haikei, draft)), "used")
    second = browser.press(browser.choose(chosen(haikei, review, kind="Task")), "not_used")
    refused = browser.choose(chosen(haikei, draft, user=42))

    assert (first.status, second.status, refused.status) == (200, 200, 403)
    assert [entry.decision.verdict for entry in outcomes(haikei, cut) if entry.decision] == [Verdict.USED, Verdict.NOT_USED]
    assert "outcome: not used, says 背 景子" in haikei.haikei("report", "shot", cut.code).stdout


def test_a_final_shot_takes_no_more_words_until_it_is_reopened(
    haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun, artist: shotgun_api3.Shotgun, browser: Browser
) -> None:
    cut, picture = Cut(3), next(haikei.settings_file.parent.joinpath("seed").rglob("*.png"))
    draft, review = delivered(haikei, coordinator, cut)
    page = browser.choose(chosen(haikei, draft))
    hand_in_revision(artist, cut, review, picture)
    revision = coordinator.find_one("Version", [["code", "is", f"{cut.code}_v001"]], [])["id"]
    artist.update("Version", draft, {"sg_haikei_outcome": "used"})
    coordinator.update("Version", revision, {"sg_status_list": "apr"})

    artist.update("Version", draft, {"sg_status_list": "nus"})
    artist.update("Version", draft, {"sg_haikei_outcome": "not used"})
    haikei.wait(lambda: haikei.log.read_text().count("outcome not recorded") == 2, what="status and field left out")
    pressed, shown = browser.press(page, "not_used"), browser.choose(chosen(haikei, draft))
    locked = [entry.decision.verdict for entry in outcomes(haikei, cut) if entry.decision]
    coordinator.update("Version", revision, {"sg_status_list": "rev"})
    reopened = browser.press(browser.choose(chosen(haikei, draft)), "partly_used")

    assert locked == [Verdict.USED]
    assert pressed.status == 409 and "haikei person state" in text_of(pressed)
    assert tokens(shown) == [] and "決定済み" in text_of(shown)
    assert reopened.status == 200
    assert [entry.decision.verdict for entry in outcomes(haikei, cut) if entry.decision] == [Verdict.USED, Verdict.PARTLY_USED]


def test_a_ticked_shot_is_painted_from_layout_and_nobody_is_named(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    cut = Cut(4)
    coordinator.update("Shot", cut.shot, {"sg_haikei_no_draft": True})

    approve(coordinator, cut)
    task = haikei.wait(lambda: review_task(coordinator, cut, "rdy"), what="the artist's task")
    event = coordinator.find_one(
        "EventLogEntry", [["entity", "is", {"type": "Task", "id": cut.layout_task}], ["attribute_name", "is", "sg_status_list"]]
    )
    haikei.haikei("replay", str(event["id"]))
    approve(coordinator, cut, "rev")
    approve(coordinator, cut)
    approve(coordinator, Cut(8))
    haikei.wait_for("c008", "delivered")

    (entry,) = outcomes(haikei, cut)
    assert entry.decision is not None and entry.decision.verdict is Verdict.LAYOUT_ONLY
    assert (entry.actor.kind, entry.actor.ref, entry.asset, entry.draft) == (ActorKind.SCRIPT, "", None, "")
    assert (entry.decision.set_by, entry.decision.decided_by, entry.decision.reason, entry.decision.reason_commit) == ("", "", "", "")
    assert entry.tracker is not None and (entry.tracker.event_id, entry.tracker.task_id) == ("", "")
    assert [person["name"] for person in task["task_assignees"]] == ["背 景子"]
    assert [json.loads(body)["kind"] for body in entries_of(haikei, cut)].count("draft.refused") == 0
    assert notes_on(coordinator, cut) == [] and drafts_of(coordinator, cut) == []
    assert [r for r in haikei.rounds() if r.code == cut.code] == []
    assert "painted from layout" in haikei.haikei("status").stdout
    assert "c004: painted from" in haikei.haikei("plan", "--since", "1h").stdout
    assert "outcome: painted from layout" in haikei.haikei("report", "shot", cut.code).stdout


def test_an_unticked_shot_gets_its_drafts(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    cut = Cut(5)
    coordinator.update("Shot", cut.shot, {"sg_haikei_no_draft": True})
    approve(coordinator, cut)
    haikei.wait(lambda: review_task(coordinator, cut, "rdy"), what="the artist's task")

    coordinator.update("Shot", cut.shot, {"sg_haikei_no_draft": False})
    haikei.wait_for(cut.code, "delivered")

    assert len(drafts_of(coordinator, cut)) == 1
    assert [held for held in haikei.held() if held.code == cut.code] == []


def test_who_wants_no_drafts_and_has_the_task_gets_none(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    cut = Cut(6)
    task = coordinator.create(
        "Task",
        {
            "content": "BG revision",
            "project": {"type": "Project", "id": PROJECT_ID},
            "entity": {"type": "Shot", "id": cut.shot},
            "step": {"type": "Step", "id": BACKGROUND_STEP},
            "sg_status_list": "ip",
            "task_assignees": [{"type": "HumanUser", "id": 44}],
        },
    )

    approve(coordinator, cut)
    haikei.wait(lambda: [h for h in haikei.held() if h.code == cut.code and h.kind == "no_draft"], what="the layout left to the artist")
    haikei.wait(lambda: outcomes(haikei, cut), what="the entry")

    (entry,) = outcomes(haikei, cut)
    assert b"HumanUser" not in b"".join(body for body in entries_of(haikei, cut) if b"draft." in body)
    assert (entry.actor.ref, entry.tracker.task_id if entry.tracker else "") == ("", "")
    assert review_task(coordinator, cut, "ip")["id"] == task["id"]
    assert [r for r in haikei.rounds() if r.code == cut.code] == []


def test_a_shot_ticked_while_it_waits_is_not_painted(tmp_path: Path) -> None:
    cut = Cut(1)
    with running_haikei(tmp_path, cuts=1, workers=0) as haikei, signed_in(haikei.sandbox.url) as coordinator:
        approve(coordinator, cut)
        haikei.wait_for(cut.code, "rendering")

        coordinator.update("Shot", cut.shot, {"sg_haikei_no_draft": True})
        haikei.wait_for(cut.code, "cancelled")
        haikei.wait(lambda: review_task(coordinator, cut, "rdy"), what="the artist's task")

        assert [entry.decision.verdict for entry in outcomes(haikei, cut) if entry.decision] == [Verdict.LAYOUT_ONLY]
        assert notes_on(coordinator, cut) == []
        assert haikei.stop() == 0


def test_a_shot_ticked_while_drafts_are_delivered_takes_them_back(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    cut = Cut(7)
    haikei.sandbox.faults.fail("upload_put", times=5, status=503)
    approve(coordinator, cut)
    haikei.wait(lambda: drafts_of(coordinator, cut), what="a Version without its picture")

    coordinator.update("Shot", cut.shot, {"sg_haikei_no_draft": True})
    haikei.wait_for(cut.code, "superseded")
    haikei.wait(lambda: review_task(coordinator, cut, "rdy"), what="the artist's task")
    (note,) = haikei.wait(lambda: notes_on(coordinator, cut), what="the Note that takes them back")

    assert "取り下げ" in note["subject"] and "older genzu" not in note["content"]
    assert {draft["sg_status_list"] for draft in drafts_of(coordinator, cut)} == {"sup"}
    assert [entry.decision.verdict for entry in outcomes(haikei, cut) if entry.decision] == [Verdict.LAYOUT_ONLY]


def test_the_services_stop_with_their_pages(haikei: RunningHaikei) -> None:
    assert haikei.stop() == 0


VALUES = ["used", "partly used", "not used", "from scratch", "layout only"]


def review_task(coordinator: shotgun_api3.Shotgun, cut: Cut, status: str) -> Any:
    """The cut's review task, once it stands at a status."""
    filters = [["entity", "is", {"type": "Shot", "id": cut.shot}], ["content", "is", "BG revision"], ["sg_status_list", "is", status]]
    return coordinator.find_one("Task", filters, ["task_assignees"])
