"""Where cuts stand in their episode is told where it follows from what the tracker says, and else is not known."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from integration.production import Background, BackgroundId, Project, ProjectId, Shot, ShotId
from integration.reports import cuts
from integration.reports.cuts import cut_ranges, forget_cut, keep_cut, timecode

SHOW = "雨の街"


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    cuts.metadata.create_all(engine)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def background(
    number: int, order: int | None = None, frames: tuple[int, int] | None = None, *, code: str = "", episode: str = "ep03"
) -> Background:
    """A cut's own background."""
    first, last = frames or (None, None)
    shot = Shot(id=ShotId(str(number)), code=code or f"c{number:03}", cut_order=order, first_frame=first, last_frame=last)
    project = Project(id=ProjectId("70"), name=SHOW)
    return Background(id=BackgroundId(f"Shot:{number}"), project=project, code=shot.code, shots=(shot,), episode=episode)


def keep(connection: sa.Connection, *told: Background) -> list[bool]:
    return [keep_cut(connection, site="s", background=each) for each in told]


def times(connection: sa.Connection, frame_rate: int = 24) -> dict[str, tuple[str, str]]:
    return {code: (cut.starts, cut.ends) for code, cut in cut_ranges(connection, SHOW, "ep03", frame_rate=frame_rate).items()}


def test_cuts_that_count_their_own_frames_follow_one_another(connection: sa.Connection) -> None:
    keep(connection, background(2, 2, (1001, 1048)), background(1, 1, (1001, 1096)), background(3, 3, (1001, 1001)))

    assert times(connection) == {
        "c001": ("00:00:00:00", "00:00:03:23"),
        "c002": ("00:00:04:00", "00:00:05:23"),
        "c003": ("00:00:06:00", "00:00:06:00"),
    }


def test_behind_a_cut_that_is_not_known_nothing_is(connection: sa.Connection) -> None:
    keep(connection, background(1, 1, (1, 24)), background(3, 3, (1, 24)), background(4, 4, (1, 24)))

    assert times(connection) == {"c001": ("00:00:00:00", "00:00:00:23"), "c003": ("", ""), "c004": ("", "")}


def test_behind_a_cut_without_a_length_nothing_is_known(connection: sa.Connection) -> None:
    keep(connection, background(1, 1, (1, 24)), background(2, 2), background(3, 3, (1, 24)))

    assert list(times(connection).values()) == [("00:00:00:00", "00:00:00:23"), ("", ""), ("", "")]


@pytest.mark.parametrize("orders", [(10, 20), (None, None)], ids=["with an order", "without"])
def test_ranges_that_lie_one_after_another_are_the_episodes_own(connection: sa.Connection, orders: tuple[int | None, int | None]) -> None:
    keep(connection, background(9, orders[0], (86_400, 86_447)), background(12, orders[1], (90_000, 90_023)))

    assert times(connection, 24) == {"c009": ("01:00:00:00", "01:00:01:23"), "c012": ("01:02:30:00", "01:02:30:23")}


def test_one_cut_alone_does_not_tell_how_its_frames_are_counted(connection: sa.Connection) -> None:
    keep(connection, background(7, 7, (1001, 1096)))

    (cut,) = cut_ranges(connection, SHOW, "ep03").values()

    assert (cut.order, cut.first_frame, cut.last_frame, cut.starts, cut.ends) == (7, 1001, 1096, "", "")


def test_the_newest_word_holds_and_the_same_one_is_no_news(connection: sa.Connection) -> None:
    told = [background(1, 1, (1, 24)), background(1, 1, (1, 24)), background(1, 1, (1, 48), code="c001A")]

    assert keep(connection, *told) == [True, False, True]
    assert times(connection) == {"c001A": ("00:00:00:00", "00:00:01:23")}


def test_a_background_that_serves_cuts_says_nothing_of_their_frames(connection: sa.Connection) -> None:
    keep(connection, background(1, 1, (1, 24)))
    shared = Background(id=BackgroundId("Asset:1"), project=Project(id=ProjectId("70"), name=SHOW), code="教室", shots=background(1).shots)

    assert keep(connection, shared) == [False]
    assert times(connection) == {"c001": ("00:00:00:00", "00:00:00:23")}


def test_a_cut_that_is_not_made_takes_no_time(connection: sa.Connection) -> None:
    keep(connection, background(1, 1, (1, 24)))

    forget_cut(connection, site="s", background=background(1))

    assert times(connection) == {}


def test_other_shows_and_episodes_are_left_out(connection: sa.Connection) -> None:
    keep(connection, background(1, 1, (1, 24)), background(2, 2, (1, 24), episode="ep04"))

    assert (list(times(connection)), cut_ranges(connection, "別の作品", "ep03")) == (["c001"], {})


@given(st.integers(0, 24 * 3600 * 60 - 1), st.sampled_from([24, 25, 30, 48, 60]))
def test_a_timecode_counts_back_to_its_frame(frame: int, rate: int) -> None:
    hours, minutes, seconds, frames = map(int, timecode(frame, rate).split(":"))

    assert (((hours * 60 + minutes) * 60 + seconds) * rate + frames) == frame % (24 * 3600 * rate)
    assert (minutes < 60, seconds < 60, frames < rate) == (True, True, True)
