"""The random show that other tests read holds what they need to meet."""

from collections import Counter

import sqlalchemy as sa

from integration.ledger import log, people
from integration.ledger.people import Naming
from integration.ledger.vocabulary import Kind
from tests.random_show import random_show


def test_the_same_seed_gives_the_same_entries(connection: sa.Connection) -> None:
    with sa.create_engine("sqlite://").begin() as other:
        log.metadata.create_all(other)

        first, second = (random_show(each, seed=7, shots=12) for each in (connection, other))

        assert list(log.read(connection)) == list(log.read(other))
        assert first.cast == second.cast


def test_it_holds_every_kind_of_entry_and_every_way_to_name_somebody(connection: sa.Connection) -> None:
    made = random_show(connection, seed=1, shots=300)

    kinds = {entry.kind for _, entry in log.read(connection)}
    refs = {entry.actor.ref for _, entry in log.read(connection)}
    names = people.names(connection, refs)

    assert set(Kind) - kinds == {Kind.REPORT_EXPORTED}
    assert {name.naming for name in names.values()} == set(Naming)
    assert Counter(name.name for name in names.values())["鈴木 一"] == 2
    assert sum(map(len, made.shots.values())) == 300
    assert made.size == log.size(connection)


def test_two_shows_stand_in_one_record(connection: sa.Connection) -> None:
    first = random_show(connection, seed=1, shots=5)
    second = random_show(connection, seed=1, shots=5, show="別の作品", episodes=("s1",))

    assert second.first == first.size
    assert {entry.show for _, entry in log.read(connection, first=second.first)} == {"別の作品", "*"}
