"""A show's budget for drafts stops new ones visibly when it is spent, and lets them start when it is raised."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.floor import Floor, approve
from tests.flow.test_main_job import entries_of, hand_in_genzu
from tests.pretend_episode import PROJECT, Cut
from tests.running_haikei import RunningHaikei, running_haikei

LABOUR = "\n[labour]\ngpu_hour_price = 3600000\n"
"""One yen for each millisecond: any draft at all costs more than one yen."""


@pytest.fixture(scope="module")
def tracker() -> str:
    return "shotgrid"


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> Iterator[RunningHaikei]:
    """The services of a show with a budget of one yen."""
    with running_haikei(tmp_path_factory.mktemp("budget"), cuts=2, tracker=tracker, up=False) as running:
        set_budget(running, money=1)
        running.start()
        yield running


def set_budget(haikei: RunningHaikei, *, money: int) -> None:
    """Somebody writes the budget, and what an hour costs, into haikei.toml."""
    text, _, _ = haikei.settings_file.read_text().partition(LABOUR)
    haikei.settings_file.write_text(f'{text}{LABOUR}[projects."{PROJECT}".budget]\nmoney = {money}\n')


def test_a_spent_budget_holds_new_drafts_and_says_so_until_it_is_raised(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    first, second = Cut(1), Cut(2)
    approve(floor, first)
    haikei.wait_for(first.code, "delivered")

    approve(floor, second)
    (held,) = haikei.wait(haikei.held, what="the held layout")
    (note,) = haikei.wait(lambda: floor.notes(second), what="the coordinator's Note")
    haikei.wait(lambda: len(entries_of(haikei, second)) == 2, what="approval and refusal in the record")
    shown, told = haikei.haikei("status").stdout, json.loads(haikei.haikei("status", "--json").stdout)
    doctor = haikei.haikei("doctor").stdout
    kinds = [json.loads(body)["kind"] for body in entries_of(haikei, second)]
    reasons = [json.loads(body).get("decision", {}).get("reason") for body in entries_of(haikei, second)]
    haikei.stop()
    set_budget(haikei, money=10**9)
    haikei.start()
    haikei.wait_for(second.code, "delivered")

    assert (held.code, held.kind) == (second.code, "budget_spent")
    assert " of 1 JPY" in held.reason and held.reason in note.content and "予算" in note.content
    assert (sorted(kinds), "budget_spent" in reasons) == (["draft.refused", "layout.approved"], True)
    assert "none start: the budget is spent" in shown and "no new drafts start" in doctor
    assert told["budgets"][PROJECT]["spent"] is True and told["budgets"][PROJECT]["money"] > 1
    assert len(floor.notes(second)) == 2 and haikei.held() == []
    assert haikei.haikei("status").stdout.count("of 1000000000 JPY") == 1


def test_a_replaced_genzu_takes_its_drafts_back_though_none_may_follow(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut = Cut(1)
    haikei.stop()
    set_budget(haikei, money=1)
    haikei.start()

    hand_in_genzu(floor, cut, tmp_path, number=5)
    haikei.wait_for(cut.code, "superseded")
    (held,) = haikei.wait(haikei.held, what="the held layout")

    assert (held.code, held.kind) == (cut.code, "budget_spent")
    assert [r.round for r in haikei.rounds() if r.code == cut.code] == [1]
