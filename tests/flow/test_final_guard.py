"""A Version with AI-made area that somebody marks final is a question for people, unless an approval covers finals."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.floor import Standing, approve
from tests.pretend_episode import Cut
from tests.running_haikei import RunningHaikei, running_haikei


def listed(haikei: RunningHaikei, *more: str) -> list[dict[str, Any]]:
    """What `haikei flags list` says."""
    flags: list[dict[str, Any]] = json.loads(haikei.haikei("flags", "list", "--json", *more).stdout)
    return flags


@pytest.mark.parametrize("scope", ["draft", "final"])
def test_a_draft_marked_final_is_flagged_unless_finals_are_allowed(tmp_path: Path, scope: str, tracker: str) -> None:
    cut = Cut(1)
    leave = [{"allowed_by": "監 督太", "scope": scope, "steps": ["Background"], "until": "2099-12-31"}]
    with running_haikei(tmp_path, cuts=1, project={"drafts": 1, "ai_use": leave}, tracker=tracker) as haikei:
        floor = haikei.floor
        approve(floor, cut)
        haikei.wait_for(cut.code, "delivered")
        (draft,) = floor.drafts(cut)
        floor.set_version(draft.id, Standing.USED)
        floor.set_version(draft.id, Standing.APPROVED)
        if scope == "final":
            floor.set_version(draft.id, Standing.NOT_USED)
            haikei.wait(lambda: "not_used" in haikei.haikei("report", "shot", cut.code, "--json").stdout, what="the later outcome")
            assert listed(haikei) == []
            return
        (flag,) = haikei.wait(lambda: listed(haikei), what="the flag")
        shown = haikei.haikei("flags", "list")
        answered = haikei.haikei(
            "flags", "answer", str(flag["flag"]), "--reason", "replaced", "--by", "桜井 ひろ", "--words", "差し替えます"
        )
        after = haikei.haikei("flags", "list")

        assert (flag["reason"], flag["version"], flag["shots"]) == ("final_not_covered", draft.id, [cut.code])
        assert "covers drafts only" in flag["details"]
        assert shown.returncode == 1 and "not a verdict" in shown.stdout
        assert answered.returncode == 0, answered.stderr
        assert after.returncode == 0
        assert [each["answer"] for each in listed(haikei, "--all")] == ["replaced"]
        assert "flag" not in haikei.haikei("report", "shot", cut.code).stdout
        assert floor.version(draft.id).standing is Standing.APPROVED
