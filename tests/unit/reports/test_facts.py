"""The rows that reports add up say what the entries say, however often and in whichever pieces they are made."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from integration.database import make_tables, open_database
from integration.errors import LedgerError
from integration.ledger import log, tables
from integration.ledger.entry import Actor, Ai, Asset, Decision, Time
from integration.ledger.vocabulary import ActorKind, Kind, Role, TimeSource, Verdict
from integration.reports import facts
from integration.reports.facts import follow
from integration.reports.scope import Scope, entries_of
from tests.unit.reports.conftest import SHOW

Write = Callable[..., int]
ARTIST = Actor(kind=ActorKind.HUMAN, ref="6f1f3a52-0c2b-4d55-9a53-8a1c5b0e7a01", role=Role.BACKGROUND_ARTIST)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    opened = open_database(f"sqlite:///{tmp_path / 'haikei.sqlite'}")
    make_tables(opened, log.metadata, facts.metadata)
    yield opened
    opened.dispose()


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.connect() as opened:
        yield opened


def render(write: Write, *, model: str = "house", seed: int = 1, **told: Any) -> int:
    """One picture painted; returns the entry's index."""
    ai = Ai(model_id=model, seed=seed, render_ms=1200)
    return write(Kind.DRAFT_RENDERED, draft="draft:1", asset=Asset(sha256="d1" * 32), ai=ai, **told)


def rows(engine: sa.Engine, *columns: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*(facts.facts.c[name] for name in columns)).order_by(facts.facts.c.idx))]


def test_each_entry_has_one_row_however_often_they_are_made(engine: sa.Engine, connection: sa.Connection, write: Write) -> None:
    render(write)
    connection.commit()
    assert follow(engine) == 1
    write(Kind.DRAFT_OUTCOME, actor=ARTIST, asset=Asset(sha256="d1" * 32), draft="draft:1", decision=Decision(verdict=Verdict.USED))
    connection.commit()

    assert (follow(engine), follow(engine)) == (2, 2)

    assert rows(engine, "idx", "kind", "verdict", "render_ms") == [(0, "draft.rendered", "", 1200), (1, "draft.outcome", "used", None)]


def test_an_entry_that_was_put_right_says_so(engine: sa.Engine, connection: sa.Connection, write: Write) -> None:
    hour = Time(minutes=60, source=TimeSource.TRACKER, confirmed=True, withdrawn=False)
    wrong = write(Kind.TIME_LOGGED, actor=ARTIST, time=hour)
    connection.commit()
    follow(engine)
    write(Kind.TIME_LOGGED, actor=ARTIST, time=hour, corrects=wrong)
    connection.commit()

    follow(engine)

    assert rows(engine, "minutes", "corrected") == [(60, True), (60, False)]


def test_rows_of_another_form_are_made_anew(engine: sa.Engine, connection: sa.Connection, write: Write) -> None:
    render(write)
    connection.commit()
    follow(engine)
    with engine.begin() as changing:
        changing.execute(sa.update(facts.facts).values(kind="old"))
        changing.execute(sa.update(facts.follower).values(form=0))

    follow(engine)

    assert rows(engine, "kind") == [("draft.rendered",)]


def test_two_tools_differ_by_what_they_ran_on(engine: sa.Engine, connection: sa.Connection, write: Write) -> None:
    for model, seed in (("house", 1), ("house", 2), ("other", 1)):
        render(write, model=model, seed=seed)
    connection.commit()

    follow(engine)

    one, same, other = (tool for (tool,) in rows(engine, "tool"))
    assert one == same != other


def test_a_damaged_entry_is_named(engine: sa.Engine, connection: sa.Connection, write: Write) -> None:
    index = render(write)
    connection.execute(sa.update(tables.entries).values(body=b'{"kind":"draft.rendered"}'))
    connection.commit()

    with pytest.raises(LedgerError, match=f"entry {index} is damaged"):
        follow(engine)


def test_a_scope_reads_every_cut_a_background_serves(engine: sa.Engine, connection: sa.Connection, write: Write) -> None:
    render(write, shots=("c012", "c013"), seq="ep03")
    render(write, shots=("c014",), seq="ep03")
    connection.commit()
    follow(engine)

    def count(**told) -> int:
        query = sa.select(sa.func.count()).where(entries_of(Scope(show=SHOW, **told)))
        return connection.execute(query.select_from(facts.facts)).scalar_one()

    assert count(shots=("c013",)) == 1
    assert count(episode="ep03") == 2
    assert count(episode="ep04") == 0
