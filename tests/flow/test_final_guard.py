"""A Version with AI-made area that somebody marks final is a question for people, unless an approval covers finals."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flow.test_main_job import approve, drafts_of
from tests.pretend_episode import Cut, signed_in
from tests.running_haikei import RunningHaikei, running_haikei


def listed(haikei: RunningHaikei, *more: str) -> list[dict[str, Any]]:
    """What `haikei flags list` says."""
    flags: list[dict[str, Any]] = json.loads(haikei.haikei("flags", "list", "--json", *more).stdout)
    return flags


@pytest.mark.parametrize("scope", ["draft", "final"])
def test_a_draft_marked_final_is_flagged_unless_finals_are_allowed(tmp_path: Path, scope: str) -> None:
    cut = Cut(1)
    leave = [{"allowed_by": "監 督太", "scope": scope, "steps": ["Background"], "until": "2099-12-31"}]
    with running_haikei(tmp_path, cuts=1, project={"drafts": 1, "ai_use": leave}) as haikei, signed_in(haikei.sandbox.url) as coordinator:
        approve(coordinator, cut)
        haikei.wait_for(cut.code, "delivered")
        (draft,) = drafts_of(coordinator, cut)
        coordinator.update("Version", draft["id"], {"sg_status_list": "use"})
        coordinator.update("Version", draft["id"], {"sg_status_list": "apr"})
        if scope == "final":
            coordinator.update("Version", draft["id"], {"sg_status_list": "nus"})
            haikei.wait(lambda: "not_used" in haikei.haikei("report", "shot", cut.code, "--json").stdout, what="the later outcome")
            assert listed(haikei) == []
            return
        (flag,) = haikei.wait(lambda: listed(haikei), what="the flag")
        shown = haikei.haikei("flags", "list")
        answered = haikei.haikei(
            "flags", "answer", str(flag["flag"]), "--reason", "replaced", "--by", "桜井 ひろ", "--words", "差し替えます"
        )
        after = haikei.haikei("flags", "list")

        assert (flag["reason"], flag["version"], flag["shots"]) == ("final_not_covered", str(draft["id"]), [cut.code])
        assert "covers drafts only" in flag["details"]
        assert shown.returncode == 1 and "not a verdict" in shown.stdout
        assert answered.returncode == 0, answered.stderr
        assert after.returncode == 0
        assert [each["answer"] for each in listed(haikei, "--all")] == ["replaced"]
        assert "flag" not in haikei.haikei("report", "shot", cut.code).stdout
        assert coordinator.find_one("Version", [["id", "is", draft["id"]]], ["sg_status_list"])["sg_status_list"] == "apr"
