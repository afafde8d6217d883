"""Whoever is handed drafts is given the studio's notice once, says that they read it, a final revision names who approved it, and a name is forgotten."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind
from tests.floor import Floor, Standing, approve
from tests.pretend_episode import PROJECT, Cut
from tests.running_haikei import RunningHaikei, running_haikei

CUTS = Cut(1), Cut(2)
TEXT = "AIの下描きは参考です。使うかどうかは描く人が決めます。"


def entries(haikei: RunningHaikei, kind: Kind) -> list[Entry]:
    """The record's entries of one kind."""
    with haikei.engine.connect() as connection:
        return [entry for _, entry in log.read(connection, kinds=[kind])]


def listed(haikei: RunningHaikei) -> list[dict[str, Any]]:
    """What `haikei notice list` says."""
    rows: list[dict[str, Any]] = json.loads(haikei.haikei("notice", "list", "--json").stdout)
    return rows


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> Iterator[RunningHaikei]:
    """The services, with the drafts of two cuts handed to the artist."""
    folder = tmp_path_factory.mktemp("notice")
    (folder / "notice.txt").write_text(TEXT, encoding="utf-8")
    project = {
        "drafts": 1,
        "ai_notice": str(folder / "notice.txt"),
        "ai_notice_version": "2026-11",
        "assignment": {"kind": "fixed", "to": ["artist"]},
    }
    with running_haikei(folder, cuts=2, project=project, tracker=tracker) as services:
        for cut in CUTS:
            approve(services.floor, cut)
        for cut in CUTS:
            services.wait_for(cut.code, "delivered")
        yield services


def test_the_notice_goes_out_once_for_each_version_and_is_acknowledged(haikei: RunningHaikei, floor: Floor) -> None:
    notes = [note for note in floor.every_note() if TEXT in note.content]
    before = listed(haikei)
    told = haikei.haikei("notice", "acknowledge", "背 景子", "--show", PROJECT)
    again = haikei.haikei("notice", "acknowledge", "背 景子", "--show", PROJECT)
    stranger = haikei.haikei("notice", "acknowledge", "誰 か", "--show", PROJECT)

    assert [note.to for note in notes] == [["背 景子"]]
    assert [(row["person"], row["version"], row["read"]) for row in before] == [("背 景子", "2026-11", "")]
    assert told.returncode == again.returncode == 0, told.stderr
    assert stranger.returncode != 0
    assert listed(haikei)[0]["read"] != ""
    (given,), (read,) = entries(haikei, Kind.NOTICE_GIVEN), entries(haikei, Kind.NOTICE_ACKNOWLEDGED)
    assert (read.actor.ref, read.notice, read.asset) == (given.to_ref, given.notice, given.asset)
    assert not held_anywhere(haikei, TEXT)


def test_a_final_revision_names_who_set_its_status(haikei: RunningHaikei, floor: Floor) -> None:
    cut, picture = CUTS[1], next(haikei.settings_file.parent.joinpath("seed").rglob("*.png"))
    task = haikei.wait_for(cut.code, "delivered").review_task
    revision = floor.hand_in(cut, f"{cut.code}_v001", picture, task=task, by="artist")

    floor.set_version(revision, Standing.APPROVED)

    (approved,) = haikei.wait(lambda: entries(haikei, Kind.REVISION_APPROVED), what="the approval")
    (submitted,) = entries(haikei, Kind.REVISION_SUBMITTED)
    assert approved.asset == submitted.asset
    assert approved.decision is not None
    assert approved.decision.set_by == approved.actor.ref != submitted.actor.ref


def test_who_is_forgotten_is_gone_from_what_the_workflows_kept(haikei: RunningHaikei) -> None:
    known = held_anywhere(haikei, "製作 一")
    haikei.stop()

    forgotten = haikei.haikei("person", "forget", "製作 一", "--show", PROJECT, "--apply")

    assert known
    assert forgotten.returncode == 0, forgotten.stderr
    assert not held_anywhere(haikei, "製作 一")
    assert "BROKEN" not in haikei.haikei("verify").stdout


def held_anywhere(haikei: RunningHaikei, words: str) -> bool:
    """Whether haikei's database holds `words` in any form."""
    kept = b"".join(file.read_bytes() for file in haikei.settings.state_folder.glob("haikei.sqlite*"))
    return any(words.encode(form) in kept for form in ("utf-8", "unicode-escape"))
