"""A flag is raised once, is open until a person answers it, and outlives the erasing of its words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.database import make_tables, open_database
from integration.errors import LedgerError
from integration.ledger import log, texts
from integration.ledger.entry import Actor, Asset
from integration.ledger.vocabulary import ActorKind
from integration.production import Background, BackgroundId, Project, ProjectId
from integration.workflow.flags import UNDECLARED_AI, answer_flag, flags, raise_flag
from integration.workflow.record import Subject

PERSON = Actor(kind=ActorKind.HUMAN)
DETAILS = "plate.png: parameters of a generator"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    engine = open_database(f"sqlite:///{tmp_path / 'haikei.sqlite'}")
    make_tables(engine, log.metadata)
    with engine.begin() as connection:
        yield connection


def raised(connection: sa.Connection, file: str = "a") -> int:
    project = Project(id=ProjectId("70"), name="雨の街")
    background = Background(id=BackgroundId("Shot:1024"), code="c012", project=project, shots=())
    subject = Subject(tracker="shotgrid", site="studio.example", background=background, part="BG", step="Background")
    asset = Asset(sha256=file * 64, size_bytes=9)
    return raise_flag(connection, subject, reason=UNDECLARED_AI, version="801", asset=asset, details=DETAILS, occasion=file)


def test_the_same_question_is_asked_once_and_keeps_one_text(connection: sa.Connection) -> None:
    first = raised(connection)

    again = raised(connection)

    assert again == first
    assert log.size(connection) == 1
    assert connection.execute(sa.text("SELECT count(*) FROM ledger_text")).scalar() == 1


def test_another_file_of_the_version_is_another_question(connection: sa.Connection) -> None:
    raised(connection, "a")

    raised(connection, "b")

    assert [flag.details for flag in flags(connection)] == [DETAILS, DETAILS]


def test_an_answer_closes_the_flag_and_the_first_one_stands(connection: sa.Connection) -> None:
    index = raised(connection)

    first = answer_flag(connection, index, reason="declared_since", words="told me on Monday", by=PERSON)
    second = answer_flag(connection, index, reason="mistaken", words="", by=PERSON)

    assert second == first
    assert list(flags(connection)) == []
    (closed,) = flags(connection, answered=True)
    assert closed.answer is not None and closed.answer.flag is not None and closed.answer.flag.reason == "declared_since"


@pytest.mark.parametrize("index", [0, 7])
def test_only_a_flag_can_be_answered(connection: sa.Connection, index: int) -> None:
    answered = raised(connection)
    answer_flag(connection, answered, reason="mistaken", words="", by=PERSON)

    with pytest.raises(LedgerError, match="is no flag"):
        answer_flag(connection, index + 1, reason="mistaken", words="", by=PERSON)


def test_a_flag_whose_words_were_erased_still_stands(connection: sa.Connection) -> None:
    index = raised(connection)
    (flag,) = flags(connection)

    texts.erase_text(connection, flag.entry.note_commit)

    assert [(each.index, each.details) for each in flags(connection)] == [(index, None)]
