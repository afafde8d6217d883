"""Nothing that anybody writes in ftrack ends a string of a query, or begins another."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.errors import NotFoundInTrackerError
from integration.sandbox.ftrack.query_language import Compare, parse
from integration.tracker.ftrack.query_text import among, beginning, id_of, is_id, moment, quoted

UUID = "bad911de-3bd6-47b9-8b46-3476e237cb36"


@given(st.text(max_size=60))
def test_a_server_reads_a_quoted_value_as_it_was(value: str) -> None:
    query = parse(f"Task where name is {quoted(value)} and id is 1")

    assert len(query.where.conditions) == 2  # type: ignore[union-attr]
    name = query.where.conditions[0]  # type: ignore[union-attr]
    assert isinstance(name, Compare)
    assert name.value == "".join(" " if ord(character) < 32 else character for character in value)


def test_what_ends_a_string_elsewhere_does_not_here() -> None:
    assert quoted('x" or id like "%') == '"x\\" or id like \\"%"'
    assert quoted("\\") == '"\\\\"'


def test_a_beginning_holds_nothing_that_a_server_may_take_for_an_escape() -> None:
    assert beginning('dra"ft\\:60%_') == '"dra_ft_:60%_%"'


def test_a_list_is_never_empty_and_names_each_once() -> None:
    assert among([]) == '("")'
    assert among(["a", 'b"', "a"]) == '("a", "b\\"")'


@pytest.mark.parametrize("text", ["", "x", UUID.upper(), UUID.replace("-", ""), f"{{{UUID}}}", f"{UUID} ", f'{UUID}" or 1', "１"])
def test_only_a_uuid_in_its_usual_spelling_is_an_id(text: str) -> None:
    assert is_id(UUID)
    assert not is_id(text)
    with pytest.raises(NotFoundInTrackerError):
        id_of(text)


def test_an_id_names_its_kind_where_it_must() -> None:
    assert id_of(f"Shot:{UUID}", "Shot") == UUID
    for text, kind in ((f"Shot:{UUID}", ""), (f"AssetBuild:{UUID}", "Shot"), (UUID, "Shot")):
        with pytest.raises(NotFoundInTrackerError):
            id_of(text, kind)


def test_a_moment_is_asked_for_in_utc_to_the_second() -> None:
    at = datetime(2026, 11, 23, 9, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=9)))

    assert moment(at) == '"2026-11-23T00:00:00"'
    assert moment(datetime(2026, 11, 23, tzinfo=UTC)) == '"2026-11-23T00:00:00"'
