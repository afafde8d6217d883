"""The cursor forgets nothing that may still be told, and does not grow for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.errors import TrackerError
from integration.tracker.ftrack import cursor as cursors
from integration.tracker.ftrack.cursor import Cursor, mark, parse


@given(st.dictionaries(st.text(max_size=10), st.integers(0, 2**40), max_size=20), st.integers(0, 2**40))
def test_a_cursor_is_read_as_it_was_written(told: dict[str, int], since_s: int) -> None:
    cursor = Cursor(since_s=since_s).handed(told.items())

    assert parse(cursor.text()) == cursor
    assert all(parse(cursor.text()).knows(event_id) for event_id in told)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 8)), min_size=1, max_size=60), st.integers(0, 8))
def test_what_is_committed_within_the_look_back_is_told_once(commits: list[tuple[int, int]], look_back_s: int) -> None:
    """Events happen at one second and are committed up to a look-back later; whoever reads at every second hears each once."""
    events = [(f"e{number}", at_s, at_s + min(late_s, look_back_s)) for number, (at_s, late_s) in enumerate(commits)]
    cursor, told = Cursor(since_s=0), []

    for now_s in range(60):
        there = [(name, at_s) for name, at_s, committed_s in events if committed_s <= now_s and at_s >= cursor.since_s]
        new = [(name, at_s) for name, at_s in there if not cursor.knows(name)]
        told += [name for name, _ in new]
        cursor = cursor.handed(new).settled(now_s - look_back_s - 2)

    assert sorted(told) == sorted(name for name, _, _ in events)
    assert not cursor.told


def test_a_flood_shortens_the_look_back_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursors, "LONGEST_MEMORY", 100)
    flood = Cursor(since_s=0).handed((f"e{number}", number) for number in range(500))

    settled = flood.settled(0)

    assert (settled.since_s, len(settled.told)) == (400, 100)


@pytest.mark.parametrize(
    "text", ["", "{}", "7", "[]", '{"id": 5, "page": 5}', '{"since_s": "x"}', '{"since_s": 1, "told": [1]}', "{" * 10_000]
)
def test_another_trackers_cursor_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(TrackerError) as told:
        parse(text)

    assert told.value.hint


def test_marks_of_events_differ() -> None:
    assert len({mark(f"status:{number}") for number in range(10_000)}) == 10_000
