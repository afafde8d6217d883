"""Whoever is handed drafts is given the studio's notice once, says that they read it, and a final revision names who approved it."""

import json
from pathlib import Path
from typing import Any

from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind
from tests.flow.test_main_job import approve, hand_in_revision
from tests.pretend_episode import PROJECT, Cut, signed_in
from tests.running_haikei import RunningHaikei, running_haikei

TEXT = "AIの下描きは参考です。使うかどうかは描く人が決めます。"


def entries(haikei: RunningHaikei, kind: Kind) -> list[Entry]:
    """The record's entries of one kind."""
    with haikei.engine.connect() as connection:
        return [entry for _, entry in log.read(connection, kinds=[kind])]


def listed(haikei: RunningHaikei) -> list[dict[str, Any]]:
    """What `haikei notice list` says."""
    rows: list[dict[str, Any]] = json.loads(haikei.haikei("notice", "list", "--json").stdout)
    return rows


def test_the_notice_goes_out_once_for_each_version_and_is_acknowledged(tmp_path: Path) -> None:
    cuts = Cut(1), Cut(2)
    (tmp_path / "notice.txt").write_text(TEXT, encoding="utf-8")
    project = {
        "drafts": 1,
        "ai_notice": str(tmp_path / "notice.txt"),
        "ai_notice_version": "2026-11",
        "assignment": {"kind": "fixed", "to": ["artist"]},
    }
    with (
        running_haikei(tmp_path, cuts=2, project=project) as haikei,
        signed_in(haikei.sandbox.url) as coordinator,
        signed_in(haikei.sandbox.url, "artist") as artist,
    ):
        for cut in cuts:
            approve(coordinator, cut)
        for cut in cuts:
            delivered = haikei.wait_for(cut.code, "delivered")
        notes = coordinator.find("Note", [["content", "contains", TEXT]], ["subject", "addressings_to"])
        before = listed(haikei)
        told = haikei.haikei("notice", "acknowledge", "背 景子", "--show", PROJECT)
        again = haikei.haikei("notice", "acknowledge", "背 景子", "--show", PROJECT)
        stranger = haikei.haikei("notice", "acknowledge", "誰 か", "--show", PROJECT)

        assert [[person["id"] for person in note["addressings_to"]] for note in notes] == [[45]]
        assert [(row["person"], row["version"], row["read"]) for row in before] == [("背 景子", "2026-11", "")]
        assert told.returncode == again.returncode == 0, told.stderr
        assert stranger.returncode != 0
        assert listed(haikei)[0]["read"] != ""
        (given,), (read,) = entries(haikei, Kind.NOTICE_GIVEN), entries(haikei, Kind.NOTICE_ACKNOWLEDGED)
        assert (read.actor.ref, read.notice, read.asset) == (given.to_ref, given.notice, given.asset)
        assert TEXT.encode() not in (tmp_path / "state" / "haikei.sqlite").read_bytes()

        hand_in_revision(artist, cuts[1], int(delivered.review_task), tmp_path / "seed" / next_picture(tmp_path / "seed"))
        revision = haikei.wait(lambda: coordinator.find_one("Version", [["code", "is", f"{cuts[1].code}_v001"]], []), what="it")
        coordinator.update("Version", revision["id"], {"sg_status_list": "apr"})
        (approved,) = haikei.wait(lambda: entries(haikei, Kind.REVISION_APPROVED), what="the approval")
        (submitted,) = entries(haikei, Kind.REVISION_SUBMITTED)
        assert approved.asset == submitted.asset
        assert approved.decision is not None
        assert approved.decision.set_by == approved.actor.ref != submitted.actor.ref


def next_picture(folder: Path) -> str:
    """Any picture of the episode, by its path below `folder`."""
    return str(next(iter(sorted(folder.rglob("*.png")))).relative_to(folder))
