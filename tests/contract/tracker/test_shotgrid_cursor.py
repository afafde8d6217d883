"""The checkpoint never passes what may still appear, and always moves on."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.errors import TrackerError
from integration.tracker.shotgrid.cursor import Cursor, begin, parse

START = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
LOOK_BACK_S = 300.0


def entries(*seconds: float, first: int = 1) -> list[tuple[int, datetime]]:
    return [(first + place, START + timedelta(seconds=second)) for place, second in enumerate(seconds)]


def test_what_is_older_than_the_look_back_is_passed_and_the_rest_read_again() -> None:
    after = begin(0, None).read(entries(0, 10, 600, 890, 900), more=False, look_back_s=LOOK_BACK_S)

    assert after.checkpoint == 2
    assert after.page == 2


def test_without_a_look_back_everything_seen_is_passed() -> None:
    assert begin(0, None).read(entries(0, 1, 2), more=False, look_back_s=0).checkpoint == 3


def test_a_page_in_the_middle_of_a_pass_goes_on_behind_its_last_event() -> None:
    after = begin(0, None).read(entries(0, 0, 0, 0), more=True, look_back_s=LOOK_BACK_S)

    assert (after.checkpoint, after.page) == (0, 4)


def test_a_long_backlog_is_read_once() -> None:
    cursor, day_s = begin(0, None), 86_400
    for page in range(20):
        seconds = [(page * 100 + place) * day_s / 2000 for place in range(100)]
        cursor = parse(cursor.read(entries(*seconds, first=page * 100 + 1), more=page < 19, look_back_s=LOOK_BACK_S).text())

    assert cursor.checkpoint >= 1980


def test_a_cursor_survives_being_stored() -> None:
    cursor = begin(0, None).read(entries(0, 100, 200, 290), more=True, look_back_s=LOOK_BACK_S)

    assert parse(cursor.text()) == cursor


@pytest.mark.parametrize("text", ["", "abc", "[]", "{}", '{"id": "x"}', "7"])
def test_a_strange_cursor_is_refused_in_words(text: str) -> None:
    with pytest.raises(TrackerError, match="event log"):
        parse(text)


@given(
    steps=st.lists(st.integers(0, 400), min_size=1, max_size=60),
    lates=st.sets(st.integers(0, 59)),
    page_size=st.integers(1, 20),
)
def test_the_checkpoint_never_passes_an_event_within_the_look_back_and_never_goes_back(
    steps: list[int], lates: set[int], page_size: int
) -> None:
    at, log = 0, []
    for place, step in enumerate(steps):
        at += step
        log.append((place + 1, START + timedelta(seconds=at - (200 if place in lates else 0))))
    newest = max(moment for _, moment in log)
    cursor = Cursor(checkpoint=0, page=0)

    for begins in range(0, len(log), page_size):
        before = cursor.checkpoint
        cursor = cursor.read(log[begins : begins + page_size], more=begins + page_size < len(log), look_back_s=LOOK_BACK_S)
        assert cursor.checkpoint >= before

    for number, moment in log:
        if moment > newest - timedelta(seconds=LOOK_BACK_S):
            assert number > cursor.checkpoint
