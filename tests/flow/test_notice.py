"""Whoever is handed drafts is given the studio's notice once, says that they read it, a final revision names who approved it, and a name is forgotten."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import shotgun_api3

from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind
from tests.flow.test_main_job import approve, hand_in_revision
from tests.pretend_episode import PROJECT, Cut, signed_in
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
def haikei(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHaikei]:
    """The services, with the drafts of two cuts handed to the artist."""
    folder = tmp_path_factory.mktemp("notice")
    (folder / "notice.txt").write_text(TEXT, encoding="utf-8")
    project = {
        "drafts": 1,
        "ai_notice": str(folder / "notice.txt"),
        "ai_notice_version": "2026-11",
        "assignment": {"kind": "fixed", "to": ["artist"]},
    }
    with running_haikei(folder, cuts=2, project=project) as services:
        with signed_in(services.sandbox.url) as coordinator:
            for cut in CUTS:
                approve(coordinator, cut)
        for cut in CUTS:
            services.wait_for(cut.code, "delivered")
        yield services


@pytest.fixture
def coordinator(haikei: RunningHaikei) -> Iterator[shotgun_api3.Shotgun]:
    with signed_in(haikei.sandbox.url) as client:
        yield client


def test_the_notice_goes_out_once_for_each_version_and_is_acknowledged(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
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
    assert not held_anywhere(haikei, TEXT)


def test_a_final_revision_names_who_set_its_status(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    cut, picture = CUTS[1], next(haikei.settings_file.parent.joinpath("seed").rglob("*.png"))
    with signed_in(haikei.sandbox.url, "artist") as artist:
        hand_in_revision(artist, cut, int(haikei.wait_for(cut.code, "delivered").review_task), picture)
    revision = coordinator.find_one("Version", [["code", "is", f"{cut.code}_v001"]], [])

    coordinator.update("Version", revision["id"], {"sg_status_list": "apr"})

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
