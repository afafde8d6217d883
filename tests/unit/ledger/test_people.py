"""Names and words lie beside the record: they can change and go, and the record stays as it was."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from integration.errors import LedgerError
from integration.ledger import log, people, tables, texts
from integration.ledger.entry import Actor, Entry
from integration.ledger.people import Naming, PersonName
from integration.ledger.vocabulary import ActorKind, Kind

SHOW = "海辺の町"


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    log.metadata.create_all(engine)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def hanako(connection: sa.Connection, *, show: str = SHOW, name: str = "田中 花子", name_en: str = "Hanako Tanaka") -> str:
    return people.person_ref(connection, show=show, person_id="HumanUser:12", name=name, name_en=name_en, role="背景")


def test_a_person_keeps_one_reference_in_a_show_and_another_in_the_next(connection: sa.Connection) -> None:
    assert hanako(connection) == hanako(connection)
    assert hanako(connection) != hanako(connection, show="他")


def test_a_new_name_replaces_the_old_and_an_empty_one_does_not(connection: sa.Connection) -> None:
    ref = hanako(connection)

    hanako(connection, name="佐藤 花子", name_en="")

    assert people.names(connection, [ref]) == {ref: PersonName(name="佐藤 花子", name_en="Hanako Tanaka")}


def test_what_a_tracker_calls_a_person_is_kept_whatever_characters_it_holds(connection: sa.Connection) -> None:
    ref = hanako(connection, name="花\x00子\ud83c\x1b[2J")

    assert people.names(connection, [ref])[ref].name == "花\ufffd子\ufffd\ufffd[2J"


def test_somebody_without_an_id_or_a_reference_is_unknown(connection: sa.Connection) -> None:
    with pytest.raises(LedgerError, match="id"):
        people.person_ref(connection, show=SHOW, person_id="", name="花子")

    assert people.names(connection, [""])[""].naming is Naming.UNKNOWN
    assert people.names(connection, []) == {}


def test_erasing_a_person_leaves_the_entries_as_they_were(connection: sa.Connection) -> None:
    ref = hanako(connection)
    entry = Entry(
        id="01a205f0-7391-700e-8000-00000000000e",
        kind=Kind.HANDOVER,
        at_ms=1,
        recorded_ms=2,
        show=SHOW,
        background="Shot:1",
        actor=Actor(kind=ActorKind.HUMAN, ref=ref),
    )
    log.append(connection, entry, key="k")
    before = connection.execute(sa.select(tables.entries)).all()

    assert people.erase(connection, "HumanUser:12") == 1

    assert connection.execute(sa.select(tables.entries)).all() == before
    assert people.names(connection, [ref])[ref].name == "(name erased)"
    assert "花子" not in str(connection.execute(sa.select(tables.people)).all())


def test_after_erasure_the_same_person_gets_another_reference(connection: sa.Connection) -> None:
    before = hanako(connection)

    people.erase(connection, "HumanUser:12")

    assert hanako(connection) != before
    assert people.names(connection, [before])[before].naming is Naming.ERASED


def test_erasure_may_be_for_one_show_only(connection: sa.Connection) -> None:
    here, there = hanako(connection), hanako(connection, show="他")

    assert people.erase(connection, "HumanUser:12", show=SHOW) == 1

    assert {ref: name.naming for ref, name in people.names(connection, [here, there]).items()} == {here: Naming.ERASED, there: Naming.NAMED}
    assert people.erase(connection, "HumanUser:99") == 0


def test_who_declines_to_be_named_is_not_named_even_after_a_rename(connection: sa.Connection) -> None:
    ref = hanako(connection)

    assert people.decline(connection, "HumanUser:12") == 1
    hanako(connection, name="佐藤 花子")

    assert people.names(connection, [ref])[ref] == people.DECLINED
    people.decline(connection, "HumanUser:12", declined=False)
    assert people.names(connection, [ref])[ref].name == "佐藤 花子"


def test_words_are_revealed_until_they_are_erased(connection: sa.Connection) -> None:
    commitment = texts.commit_text(connection, "暗すぎる\nので🎨")

    assert texts.reveal(connection, commitment) == "暗すぎる\nので🎨"
    assert texts.erase_text(connection, commitment)
    assert texts.reveal(connection, commitment) is None
    assert not texts.erase_text(connection, commitment)


def test_the_same_words_cannot_be_told_by_their_commitment(connection: sa.Connection) -> None:
    assert texts.commit_text(connection, "はい") != texts.commit_text(connection, "はい")
    assert texts.commit_text(connection, "") == ""


def test_words_that_were_changed_are_found_out(connection: sa.Connection) -> None:
    commitment = texts.commit_text(connection, "yes")
    connection.execute(sa.update(tables.texts).values(text="no"))

    with pytest.raises(LedgerError, match="changed"):
        texts.reveal(connection, commitment)


def test_words_no_database_keeps_are_refused(connection: sa.Connection) -> None:
    for text in ("a\x00b", "\ud83c"):
        with pytest.raises(LedgerError):
            texts.commit_text(connection, text)
