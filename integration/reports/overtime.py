"""Overtime by what people put down: to the person at once, to others only how many were over a limit, later, and never who.

Overtime is what goes beyond 8 hours a day or 40 hours a week (Japan's Labour Standards Act, article 32); a week begins on Sunday. It is
added up over every show of the record, for a person works them all. What stands in no time log is not seen, and a lawyer may count otherwise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger import people, tables
from integration.ledger.vocabulary import ActorKind, Kind
from integration.reports.facts import facts
from integration.reports.scope import Scope
from integration.reports.studio_calendar import StudioCalendar, month_of
from integration.reports.suppression import FEWEST
from integration.reports.worked import Known

DAY_MINUTES, WEEK_MINUTES = 8 * 60, 40 * 60
"""What is worked beyond is overtime."""

Days = dict[date, int]
"""Minutes by the studio's day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtime:
    """One person's overtime in a month or a calendar year."""

    period: str
    """``2026-11`` or ``2026``."""
    worked: int
    """Minutes they put down."""
    overtime: int
    """Minutes of these that are overtime."""
    limit: int
    """Minutes of overtime that are allowed."""

    @property
    def is_over(self) -> bool:
        """Whether it is more than the limit."""
        return self.overtime > self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnOvertime:
    """One person's overtime, for that person's own page."""

    months: tuple[Overtime, ...]
    """Every month in which they put hours down, the running one, too."""
    years: tuple[Overtime, ...]
    undated: int
    """Minutes of logs that name no day, so that nobody can say whether they are overtime."""

    @property
    def over(self) -> tuple[Overtime, ...]:
        """Months and years that are over their limit."""
        return tuple(each for each in (*self.months, *self.years) if each.is_over)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverLimit:
    """How many of those who work on a show were over a limit in one month or calendar year that is over."""

    period: str
    """``2026-11`` or ``2026``."""
    known: Known
    people: int | None = None
    """At least `FEWEST`, among as many or more; None unless `known` is ``logged``."""


def own_overtime(
    connection: Connection | Session,
    ref: str,
    *,
    zone: str,
    day_start: time,
    month_limit_hours: int = 45,
    year_limit_hours: int = 360,
) -> OwnOvertime:
    """The overtime of whom `ref` stands for, in every show: for them alone, as soon as it is put down.

    Rows must have been made with `facts.follow`.
    """
    person = people.id_of(connection, ref)
    refs = (people.refs_of(connection, person) if person else set()) | ({ref} if ref else set())
    days, undated, calendar = Days(), 0, StudioCalendar(zone, day_start)
    rows = sa.select(facts.c.span_start_ms, facts.c.span_end_ms, sa.func.sum(facts.c.minutes)).where(*_STANDING, _PERSON.in_(sorted(refs)))
    for start, end, minutes in connection.execute(rows.group_by(facts.c.span_start_ms, facts.c.span_end_ms)):
        if start is None or end is None:
            undated += int(minutes)
        else:
            _add(days, calendar.day((start + end) // 2), int(minutes))
    months = _periods(days, month_of, month_limit_hours * 60)
    return OwnOvertime(months=months, years=_periods(days, _year_of, year_limit_hours * 60), undated=undated)


def over_limits(
    connection: Connection | Session,
    scope: Scope,
    *,
    zone: str,
    day_start: time,
    until: date,
    month_limit_hours: int = 45,
    year_limit_hours: int = 360,
) -> tuple[OverLimit, ...]:
    """How many people were over a limit, by month and by calendar year of the scope's that is over before `until` (`worked.told_to`).

    Nothing of an episode or of cuts: overtime is of people, not of cuts. Rows must have been made with `facts.follow`.
    """
    if scope.episode or scope.shots:
        return ()
    told: list[OverLimit] = []
    crowd, here = _everybodys_days(connection, scope.show, StudioCalendar(zone, day_start))
    for period_of, limit in ((month_of, month_limit_hours * 60), (_year_of, year_limit_hours * 60)):
        over: dict[str, set[str]] = {}
        for person, days in crowd.items():
            for each in _periods(days, period_of, limit):
                if each.is_over:
                    over.setdefault(each.period, set()).add(person)
        groups: dict[str, set[str]] = {}
        for day, there in here.items():
            groups.setdefault(period_of(day), set()).update(there)
        told += [
            _told(period, over.get(period, set()) & groups[period]) for period in sorted(groups) if _is_asked(period, scope) and _is_over(period, until)
        ]
    return tuple(told)


def overtime_of(days: Mapping[date, int]) -> Days:
    """Minutes of overtime on each day: beyond the day's 8 hours, and what then goes beyond the week's 40."""
    found, ordinary = Days(), {}
    for day in sorted(days):
        week = day - timedelta(days=(day.weekday() + 1) % 7)
        within, before = min(days[day], DAY_MINUTES), ordinary.get(week, 0)
        ordinary[week] = before + within
        beyond_week = max(0, before + within - WEEK_MINUTES) - max(0, before - WEEK_MINUTES)
        found[day] = days[day] - within + beyond_week
    return found


_PERSON = sa.case((facts.c.on_behalf_of != "", facts.c.on_behalf_of), else_=facts.c.actor)
"""Whose hours they are."""
_STANDING = (
    facts.c.kind == Kind.TIME_LOGGED.value,
    facts.c.actor_kind == ActorKind.HUMAN.value,
    ~facts.c.corrected,
    ~facts.c.withdrawn,
    facts.c.minutes > 0,
)


def _everybodys_days(
    connection: Connection | Session, show: str, calendar: StudioCalendar
) -> tuple[dict[str, Days], dict[date, set[str]]]:
    """Days of everybody who is known and put hours down in `show`, over all shows; and who put some down there, by day."""
    working = sa.select(sa.distinct(_PERSON)).where(facts.c.show == show, *_STANDING)
    known, other = tables.people.alias(), tables.people.alias()
    ids = sa.select(known.c.tracker_person_id).where(known.c.ref.in_(working))
    here = sa.func.max(sa.case((facts.c.show == show, 1), else_=0))
    columns = (other.c.tracker_person_id, facts.c.span_start_ms, facts.c.span_end_ms)
    rows = (
        sa.select(*columns, sa.func.sum(facts.c.minutes), here)
        .join(other, other.c.ref == _PERSON)
        .where(*_STANDING, facts.c.span_start_ms.is_not(None), facts.c.span_end_ms.is_not(None), other.c.tracker_person_id.in_(ids))
        .group_by(*columns)
    )
    crowd: dict[str, Days] = {}
    there: dict[date, set[str]] = {}
    for person, start, end, minutes, in_show in connection.execute(rows):
        day = calendar.day((start + end) // 2)
        _add(crowd.setdefault(person, Days()), day, int(minutes))
        if in_show:
            there.setdefault(day, set()).add(person)
    return crowd, there


def _add(days: Days, day: date, minutes: int) -> None:
    days[day] = days.get(day, 0) + minutes


def _periods(days: Mapping[date, int], period_of, limit: int) -> tuple[Overtime, ...]:
    beyond = overtime_of(days)
    worked: dict[str, list[int]] = {}
    for day in sorted(days):
        sums = worked.setdefault(period_of(day), [0, 0])
        sums[0] += days[day]
        sums[1] += beyond[day]
    return tuple(Overtime(period=period, worked=sums[0], overtime=sums[1], limit=limit) for period, sums in worked.items())


def _told(period: str, over: Iterable[str]) -> OverLimit:
    many = len(set(over))
    return OverLimit(period=period, known=Known.FEW) if many < FEWEST else OverLimit(period=period, known=Known.LOGGED, people=many)


def _year_of(day: date) -> str:
    return f"{day.year:04d}"


def _is_asked(period: str, scope: Scope) -> bool:
    """Whether the whole month, or year, lies in the scope."""
    first, last = (period, period) if len(period) > len("2026") else (f"{period}-01", f"{period}-12")
    return (scope.first is None or month_of(scope.first) <= first) and (scope.last is None or last <= month_of(scope.last))


def _is_over(period: str, until: date) -> bool:
    return period < month_of(until) if len(period) > len("2026") else period < _year_of(until)
