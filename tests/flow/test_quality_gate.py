"""Drafts that ignore the layout: painted once more, then delivered and flagged, or not delivered; also when killed in between.

The tiny Look paints noise, so a limit that asks for nearly every line finds all of its drafts bad.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from tests.floor import Floor, approve
from tests.flow.test_main_job import entries_of
from tests.pretend_episode import Cut
from tests.running_haikei import RunningHaikei, running_haikei

STRICT = {"least_layout_kept": 0.95}


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> Iterator[RunningHaikei]:
    """The services over three cuts, with a limit no tiny draft reaches."""
    with running_haikei(tmp_path_factory.mktemp("gate"), cuts=3, project=STRICT, tracker=tracker) as running:
        yield running


def entries(haikei: RunningHaikei, cut: Cut, kind: str) -> list[dict[str, Any]]:
    return [entry for body in entries_of(haikei, cut) if (entry := json.loads(body))["kind"] == kind]


def test_a_draft_that_ignores_the_layout_is_painted_once_more_then_flagged(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(1)

    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")

    drafts, (note,) = floor.drafts(cut), floor.notes(cut)
    assert [draft.name for draft in drafts] == ["c001 BG AI draft r1 A", "c001 BG AI draft r1 B"]
    assert all("CHECK FIRST: it does not follow the lines" in draft.description for draft in drafts)
    assert all("レイアウトの線に沿っていません" in draft.description for draft in drafts)
    assert note.content.startswith("Check 'c001 BG AI draft r1 A' first")
    rendered, rejected = entries(haikei, cut, "draft.rendered"), entries(haikei, cut, "draft.rejected")
    assert len({entry["ai"]["seed"] for entry in rendered}) == len(rendered) == 4
    assert {entry["decision"]["reason"] for entry in rejected} == {"layout_ignored"}
    assert all(entry["measure"]["layout_kept_ppm"] < 950_000 for entry in rejected)
    delivered = {parent["sha256"] for entry in entries(haikei, cut, "draft.delivered") for parent in entry["parents"]}
    assert delivered == {entry["asset"]["sha256"] for entry in rendered[2:]}
    told = haikei.haikei("report", "shot", cut.code)
    assert told.stdout.count("found bad by the quality gate") == 4
    assert told.stdout.count("outcome: unknown") == 2


def test_a_kill_changes_nothing_and_another_rule_holds_for_later_approvals(haikei: RunningHaikei, floor: Floor) -> None:
    before, after = Cut(2), Cut(3)

    approve(floor, before)
    haikei.wait(lambda: painted_again(haikei, before), what="the second request")
    haikei.kill()
    said = haikei.settings_file.read_text(encoding="utf-8")
    haikei.settings_file.write_text(f'{said}quality = "refuse"\n', encoding="utf-8")
    haikei.start()
    haikei.wait_for(before.code, "delivered")
    approve(floor, after)
    refused = haikei.wait_for(after.code, "refused")
    note = haikei.wait(lambda: floor.notes(after), what="the Note")[0]

    drafts = floor.drafts(before)
    assert len({draft.key for draft in drafts}) == len(drafts) == 2
    assert recorded(haikei, before) == {"rendered": 4, "rejected": 4, "delivered": 2, "refused": 0}
    assert len(floor.notes(before)) == 1
    assert "does not follow the lines of the layout" in refused.reason
    assert refused.reason in note.content
    assert floor.drafts(after) == []
    assert recorded(haikei, after) == {"rendered": 4, "rejected": 4, "delivered": 0, "refused": 1}


def painted_again(haikei: RunningHaikei, cut: Cut) -> bool:
    """Whether the render service was asked for a cut's drafts once more."""
    with haikei.engine.connect() as connection:
        again = f"render:%Shot:{haikei.floor.shot(cut)}:%+"
        return bool(
            connection.execute(sa.text("SELECT count(*) FROM workflow_status WHERE workflow_uuid LIKE :id"), {"id": again}).scalar()
        )


def recorded(haikei: RunningHaikei, cut: Cut) -> dict[str, int]:
    """How often the record says what became of a cut's drafts."""
    return {kind: len(entries(haikei, cut, f"draft.{kind}")) for kind in ("rendered", "rejected", "delivered", "refused")}
