"""Hours follow the tracker's time logs, once for each change, and are told of groups alone."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import shotgun_api3

from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind, Role
from integration.production import ProjectId
from integration.reports.hours import hours_lines, hours_of, standing_logs
from integration.sandbox.server import start_sandbox
from integration.settings import read_settings
from integration.studio import Studio, open_studio
from integration.studio_day import span_of, studio_clock, studio_day
from integration.workflow.time_logs import heal, record_time
from tests.pretend_episode import BACKGROUND_STEP, PROJECT, PROJECT_ID, Cut, signed_in, write_episode
from tests.running_haikei import write_settings

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
STEPS = (("Layout", Role.LAYOUT_ARTIST), ("Background", Role.BACKGROUND_ARTIST))


@dataclass(frozen=True)
class House:
    """A studio, and people who log time in its tracker."""

    studio: Studio
    people: dict[str, shotgun_api3.Shotgun]
    task: int

    def logged(self, who: str, minutes: int, *, on: int | None = None, of: int | None = None) -> str:
        """Somebody logs time on a task, for themselves or for the person `of`."""
        numbers = {"artist": 45, "layout": 42, "cleaner": 43}
        made = self.people[who].create(
            "TimeLog",
            {
                "project": {"type": "Project", "id": PROJECT_ID},
                "entity": {"type": "Task", "id": on or self.task},
                "user": {"type": "HumanUser", "id": of or numbers[who]},
                "duration": minutes,
                "date": "2026-11-20",
            },
        )
        return str(made["id"])

    def entries(self) -> list[tuple[int, Entry]]:
        with self.studio.engine.connect() as connection:
            return list(log.read(connection, kinds=[Kind.TIME_LOGGED]))

    def record(self, time_log: str, *, times: int = 2) -> None:
        for _ in range(times):
            record_time(self.studio, time_log, None)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        sandbox = stack.enter_context(start_sandbox(write_episode(tmp_path / "seed", cuts=2, genzu=False), folder=tmp_path / "studio"))
        people = {name: stack.enter_context(signed_in(sandbox.url, name)) for name in ("artist", "layout", "cleaner")}
        studio = open_studio(read_settings(write_settings(tmp_path, sandbox, {}, workers=0)))
        task = people["artist"].create(
            "Task",
            {
                "project": {"type": "Project", "id": PROJECT_ID},
                "entity": {"type": "Shot", "id": Cut(1).shot},
                "content": "BG revision",
                "step": {"type": "Step", "id": BACKGROUND_STEP},
            },
        )
        yield House(studio, people, int(task["id"]))
        studio.queue.destroy()
        studio.engine.dispose()


def test_a_log_told_twice_is_one_entry_with_role_day_and_source(house: House) -> None:
    house.record(house.logged("artist", 90))

    ((_, entry),) = house.entries()
    first, last = span_of(date(2026, 11, 20), zone="Asia/Tokyo", day_start="05:00")

    assert entry.time is not None
    assert (entry.time.minutes, entry.time.source, entry.time.confirmed, entry.time.withdrawn) == (90, "tracker", True, False)
    assert (entry.time.span_start_ms, entry.time.span_end_ms) == (int(first.timestamp() * 1000), int(last.timestamp() * 1000))
    assert (entry.actor.role, entry.step, entry.shots, entry.background) == ("background_artist", "Background", ("c001",), "Shot:1001")


def test_what_somebody_else_puts_down_is_not_confirmed(house: House) -> None:
    house.record(house.logged("layout", 60, of=45))

    assert [entry.time.confirmed for _, entry in house.entries() if entry.time] == [False]


def test_changes_deletions_and_revivals_put_the_last_entry_right(house: House) -> None:
    number = house.logged("artist", 90)
    house.record(number)
    house.people["artist"].update("TimeLog", int(number), {"duration": 120})
    house.record(number)
    house.people["artist"].delete("TimeLog", int(number))
    house.record(number)
    gone = standing_logs(house.entries())
    house.people["artist"].revive("TimeLog", int(number))
    house.record(number)

    told = [(index, entry.corrects, entry.time.minutes, entry.time.withdrawn) for index, entry in house.entries() if entry.time]
    assert [each[1:] for each in told] == [
        (None, 90, False),
        (told[0][0], 120, False),
        (told[1][0], 120, True),
        (told[2][0], 120, False),
    ]
    assert gone == []
    assert [entry.time.minutes for _, entry in standing_logs(house.entries()) if entry.time] == [120]


def test_slips_of_the_keyboard_and_other_shows_work_are_left_out(house: House) -> None:
    for minutes in (0, -30, 60 * 24 * 30):
        house.record(house.logged("artist", minutes))
    house.record("424242")

    assert house.entries() == []


def test_the_sweep_finds_what_no_event_told(house: House) -> None:
    house.logged("artist", 45)
    for _ in range(2):
        heal(house.studio, ProjectId(str(PROJECT_ID)), LONG_AGO)

    assert len(house.entries()) == 1


def test_hours_are_told_of_three_people_and_more_and_absence_is_not_zero(house: House) -> None:
    for who in ("artist", "layout"):
        house.record(house.logged(who, 60))
    with house.studio.engine.connect() as connection:
        two = hours_lines(hours_of(connection, show=PROJECT, steps=STEPS))
    house.record(house.logged("cleaner", 30))
    with house.studio.engine.connect() as connection:
        three = hours_lines(hours_of(connection, show=PROJECT, steps=STEPS))

    assert two[:2] == ["Background, background artist: logged by fewer than 3 people, and not told", "Layout, layout artist: not logged"]
    assert three[0] == "Background, background artist: 2:30 by 3 people, 2:30 of it put down by themselves (tracker)"
    assert "背" not in "".join(three)


@pytest.mark.parametrize(
    ("local", "day", "clock"),
    [
        ("2026-11-21 01:30", date(2026, 11, 20), "25:30"),
        ("2026-11-21 04:59", date(2026, 11, 20), "28:59"),
        ("2026-11-21 05:00", date(2026, 11, 21), "05:00"),
        ("2026-11-21 23:10", date(2026, 11, 21), "23:10"),
    ],
)
def test_a_night_belongs_to_the_day_it_began_on(local: str, day: date, clock: str) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Asia/Tokyo"))

    assert studio_day(moment, zone="Asia/Tokyo", day_start="05:00") == day
    assert studio_clock(moment, zone="Asia/Tokyo", day_start="05:00") == clock


def test_a_day_is_as_long_as_clocks_make_it() -> None:
    spring, autumn, plain = (
        span_of(day, zone="Europe/Paris", day_start="01:00") for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1))
    )

    assert [(last - first).total_seconds() / 3600 for first, last in (spring, autumn, plain)] == [23, 25, 24]
