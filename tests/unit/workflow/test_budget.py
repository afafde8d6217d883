"""A show's spending is what its pictures took since a day, with what is being painted now, and no other show's."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from integration.database import make_tables, open_database
from integration.errors import SettingsError
from integration.ledger import log
from integration.ledger.entry import Actor, Ai, Asset, Entry, TrackerRef, milliseconds, new_id
from integration.ledger.vocabulary import ActorKind, Kind
from integration.reports import facts
from integration.settings import Settings, read_settings
from integration.workflow import rounds
from integration.workflow.budget import every_spending, spending_of
from integration.workflow.rounds import BUDGET_SPENT, Approval, DraftState, HeldLayout

SHOW, PROJECT = "雨の街", "70"
DAY = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    opened = open_database(f"sqlite:///{tmp_path / 'haikei.sqlite'}")
    make_tables(opened, log.metadata, facts.metadata)
    yield opened
    opened.dispose()


def rendered(engine: sa.Engine, render_ms: int, *, project: str = PROJECT, at: datetime = DAY) -> None:
    """One picture of a show."""
    with engine.begin() as connection:
        entry = Entry(
            id=new_id(at),
            kind=Kind.DRAFT_RENDERED,
            at_ms=milliseconds(at),
            recorded_ms=milliseconds(at),
            show=SHOW,
            background="Shot:1",
            part="BG",
            actor=Actor(kind=ActorKind.MACHINE),
            draft="a",
            asset=Asset(sha256="d1" * 32),
            ai=Ai(model_id="house", render_ms=render_ms),
            tracker=TrackerRef(type="shotgrid", site_hash="ab" * 32, project_id=project),
        )
        log.append(connection, entry, key=f"rendered:{log.size(connection)}")


def under_way(engine: sa.Engine, count: int) -> None:
    """So many rounds of the show are queued."""
    for number in range(1, count + 1):
        told: dict[str, Any] = {"code": "c001", "layout_task": "1", "genzu_version": "3/9", "because": "17", "order": 17, "at_ms": 1}
        approval = Approval(site="s", project=PROJECT, background=f"Shot:{number}", part="BG", genzu_sha256="ab" * 32, **told)
        with engine.begin() as connection:
            rounds.open_round(connection, approval, number=1)


def settings(**budget: Any) -> Settings:
    return Settings.model_validate({"labour": {"gpu_hour_price": 600}, "projects": {SHOW: {"budget": budget, "drafts": 2}}})


def test_pictures_of_the_show_are_added_up_since_the_budgets_first_day(engine: sa.Engine) -> None:
    rendered(engine, 9 * 60_000, at=datetime(2026, 10, 31, 3, 0, tzinfo=UTC))
    rendered(engine, 90_000)
    rendered(engine, 30_000)
    rendered(engine, 60_000, project="71")
    given = settings(machine_minutes=2, since=date(2026, 11, 1))

    spending = spending_of(engine, PROJECT, given.projects[SHOW], given.labour)

    assert (spending.rendered_ms, spending.minutes, spending.money, spending.is_spent) == (120_000, 2, 20, True)
    assert spending.words == "2 of 2 minutes of rendering, 20 JPY since 2026-11-01"


def test_what_is_being_painted_counts_at_the_mean_of_what_was_painted(engine: sa.Engine) -> None:
    rendered(engine, 60_000)
    rendered(engine, 120_000)
    under_way(engine, 3)
    given = settings(money=119)

    (spending,) = every_spending(engine, given).values()
    of_project = spending_of(engine, PROJECT, given.projects[SHOW], given.labour)

    assert of_project.under_way_ms == 3 * 2 * 90_000
    assert of_project.is_spent and of_project.words.endswith("120 of 119 JPY, with what is being painted now")
    assert spending.rendered_ms == 0, "no entry names the show's project yet"


def test_before_the_first_picture_nothing_is_known_of_what_is_being_painted(engine: sa.Engine) -> None:
    under_way(engine, 10)
    given = settings(machine_minutes=1)

    spending = spending_of(engine, PROJECT, given.projects[SHOW], given.labour)

    assert (spending.under_way_ms, spending.is_spent) == (0, False)


def test_a_round_that_ended_counts_by_its_pictures_alone(engine: sa.Engine) -> None:
    rendered(engine, 60_000)
    under_way(engine, 1)
    given = settings(machine_minutes=9)
    with engine.begin() as connection:
        rounds.change(connection, rounds.every(connection)[0].key, state=DraftState.DELIVERED)

    assert spending_of(engine, PROJECT, given.projects[SHOW], given.labour).under_way_ms == 0


def test_no_budget_is_never_spent(engine: sa.Engine) -> None:
    rendered(engine, 10**9)
    given = settings()

    assert not spending_of(engine, PROJECT, given.projects[SHOW], given.labour).is_spent


def test_a_budget_that_counts_on_is_told_once_and_shown_anew(engine: sa.Engine) -> None:
    def held(reason: str, kind: str = BUDGET_SPENT) -> HeldLayout:
        return HeldLayout(layout_task="1", project=PROJECT, code="c001", kind=kind, reason=reason, because="sweep", since_ms=1)

    with engine.begin() as connection:
        told = [rounds.hold(connection, site="s", layout=each) for each in (held("10 of 10"), held("11 of 10"))]
        (shown,) = rounds.every_held(connection)
        other = rounds.hold(connection, site="s", layout=held("no Look", "look"))

    assert (told, shown.reason, other) == ([True, False], "11 of 10", True)


def test_a_budget_in_money_wants_a_price(tmp_path: Path) -> None:
    file = tmp_path / "haikei.toml"
    file.write_text("[projects.X.budget]\nmoney = 100\n")

    with pytest.raises(SettingsError, match="gpu_hour_price"):
        read_settings(file)
