"""The AI policy on the whole way: a permission written in the tracker starts drafts, one that ends while they are painted stops them."""

import json
from pathlib import Path
from typing import Any

from integration.ledger import log
from integration.ledger.canonical import canonical_bytes
from tests.floor import approve
from tests.flow.test_main_job import entries_of
from tests.pretend_episode import Cut
from tests.running_haikei import RunningHaikei, running_haikei

GIVEN = """[[ai_use]]
allowed_by = "監 督太"
reference = "mail of 3 March"
until = 2099-12-31
"""
FROM_TRACKER = {"ai_use": [], "ai_use_from": "tracker", "ai_use_may_allow": ["director"]}


def recorded(haikei: RunningHaikei) -> list[dict[str, Any]]:
    """Every entry of the record."""
    with haikei.engine.connect() as connection:
        return [json.loads(canonical_bytes(entry)) for _, entry in log.read(connection)]


def kinds(haikei: RunningHaikei) -> list[str]:
    return [entry["kind"] for entry in recorded(haikei)]


def test_a_permission_written_in_the_tracker_starts_the_drafts_that_were_refused(tmp_path: Path, tracker: str) -> None:
    cut = Cut(1)
    with running_haikei(tmp_path, cuts=1, project=FROM_TRACKER, tracker=tracker) as haikei:
        floor = haikei.floor
        approve(floor, cut)
        haikei.wait(lambda: "draft.refused" in kinds(haikei), what="the refusal")
        (note,) = haikei.wait(lambda: floor.notes(cut), what="the Note")
        floor.write_policy(GIVEN, by="director")
        haikei.wait_for(cut.code, "delivered")
        planned = haikei.haikei("plan", "--since", "1h").stdout
        shown = haikei.haikei("policy", "--json")
        table = haikei.haikei("policy")

        (refused,) = [entry for entry in recorded(haikei) if entry["kind"] == "draft.refused"]
        (requested,) = [entry for entry in recorded(haikei) if entry["kind"] == "draft.requested"]
        nothing, allowed = [entry for entry in recorded(haikei) if entry["kind"] == "policy.changed"]
        assert "nobody has allowed it" in note.content
        assert "allowed by" in planned
        assert (refused["policy_sha256"], requested["policy_sha256"]) == (nothing["policy_sha256"], allowed["policy_sha256"])
        assert kinds(haikei).count("approval.granted") == 1
        (policy,) = json.loads(shown.stdout)
        assert (policy["source"], policy["written_by"], policy["allowed"]) == ("tracker", "監 督太", True)
        assert policy["permissions"][0]["reference"] == "mail of 3 March"
        assert "監 督太" in table.stdout
        assert haikei.stop() == 0


def test_a_permission_that_ends_while_drafts_are_painted_delivers_nothing(tmp_path: Path, tracker: str) -> None:
    cut = Cut(1)
    with running_haikei(tmp_path, cuts=1, project=FROM_TRACKER, workers=0, up=False, tracker=tracker) as haikei:
        floor = haikei.floor
        haikei.settings_file.write_text(haikei.settings_file.read_text().replace("sweep_s = 2", "sweep_s = 3600"))
        floor.write_policy(GIVEN, by="director")
        haikei.start()
        approve(floor, cut)
        haikei.wait_for(cut.code, "rendering")
        floor.write_policy("", by="director")
        haikei.start_worker("late")
        ended = haikei.wait_for(cut.code, "cancelled")
        (held,) = haikei.wait(haikei.held, what="the held layout")
        haikei.wait(lambda: "draft.refused" in kinds(haikei), what="the refusal")
        (note,) = haikei.wait(lambda: floor.notes(cut), what="the coordinator's Note")

        assert ended.reason == "AI use is no longer allowed."
        assert held.kind == "policy"
        assert "nobody has allowed it" in note.content
        assert floor.drafts(cut) == []
        assert any(b'"reason":"ai_not_allowed"' in body for body in entries_of(haikei, cut))
        assert kinds(haikei).count("policy.changed") == 2
        assert haikei.stop() == 0


def test_a_look_of_undisclosed_data_is_refused_before_anything_is_painted(tmp_path: Path, tracker: str) -> None:
    cut = Cut(1)
    with running_haikei(tmp_path, cuts=1, project={"ai_models": {"data": "disclosed"}}, workers=0, tracker=tracker) as haikei:
        floor = haikei.floor
        approve(floor, cut)
        (held,) = haikei.wait(haikei.held, what="the held layout")
        (note,) = haikei.wait(lambda: floor.notes(cut), what="the coordinator's Note")
        haikei.wait(lambda: "draft.refused" in kinds(haikei), what="the refusal in the record")
        planned = haikei.haikei("plan", "--since", "1h").stdout
        doctor = haikei.haikei("doctor").stdout

        (refused,) = [entry for entry in recorded(haikei) if entry["kind"] == "draft.refused"]
        assert held.kind == refused["decision"]["reason"] == "provenance"
        assert refused["policy_sha256"]
        assert "The Look 'tiny' may not paint" in note.content
        assert "disclosed training data" in note.content
        assert "may not paint" in " ".join(planned.replace("│", " ").split())
        assert "meets" not in doctor
        assert haikei.rounds() == []
        assert haikei.stop() == 0
