"""Hours of a show in groups, of which only that is told from which nothing of one person can be worked out (`suppression`)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger.vocabulary import ActorKind, Kind
from integration.reports.facts import facts
from integration.reports.scope import Scope
from integration.reports.studio_calendar import Span, StudioCalendar, first_of_next, has_clock, month_of
from integration.reports.suppression import FEWEST, Block, Path, blocks_of, countable

NIGHT, DAY, WEEKEND, WEEKDAY, UNKNOWN_TIME = "night", "day", "weekend", "weekday", "unknown"
"""When hours were worked, as `Path` has it: month, episode, weekend or weekday, night or day."""
WEEK, CLOCK = 2, 3
"""Their places in a `Path`."""


class Known(StrEnum):
    """What may be said of a group's hours."""

    LOGGED = "logged"
    NOT_LOGGED = "not logged"
    """Nobody put any down, which does not mean that nobody worked."""
    FEW = "fewer than 3 people"
    """Or so few in what lies beside it that its hours could be worked out."""
    NOT_YET = "month not over"
    """Of months that are not over, or not long enough for people to look at their own hours first."""
    UNKNOWN = "unknown"
    """Nobody said when the hours were worked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Hours of one group."""

    known: Known
    minutes: int | None = None
    """None unless `known` is ``logged``."""
    sources: tuple[str, ...] = ()
    """Where they come from: ``tracker``, ``self``, ``import``."""
    partial: bool = False
    """Whether there are more, which are not told: of too few people."""

    @classmethod
    def nothing(cls) -> "Sum":
        """Nobody put hours down."""
        return cls(known=Known.NOT_LOGGED)


class Series(NamedTuple):
    """Hours that are told apart from others wherever they are told."""

    step: str
    role: str
    """Empty when nobody says."""
    house: str
    """Reference of the outside house that put them down; empty: the studio's own people."""
    confirmed: bool
    """Whether people put them down themselves."""


@dataclass(slots=True, kw_only=True)
class Cell:
    """Hours that are told together."""

    minutes: int = 0
    people: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Every hour of one series, and the blocks in which they may be told."""

    cells: Mapping[Path, Cell]
    blocks: Sequence[Block]
    countable: frozenset[str]
    told_to: date
    """First day of which nothing is told yet."""

    def sum(self, scope: Scope, *, place: int = 0, only: str = "") -> Sum:
        """The hours in `scope`, or those of them whose `Path` has `only` at `place`, such as ``night`` at `CLOCK`."""
        asked = {path: cell for path, cell in self.cells.items() if _lies_in(path, scope)}
        wanted = {path: cell for path, cell in asked.items() if not only or path[place] == only}
        told = [path for block in self.blocks if all(path in wanted for path in block.paths) for path in block.paths]
        if told:
            sources = {source for path in told for source in wanted[path].sources}
            minutes = sum(wanted[path].minutes for path in told)
            return Sum(known=Known.LOGGED, minutes=minutes, sources=tuple(sorted(sources)), partial=len(told) < len(self._over(wanted)))
        if not wanted:
            nobody_says = bool(asked) and all(path[place] == UNKNOWN_TIME for path in asked)
            return Sum(known=Known.UNKNOWN if only and nobody_says else Known.NOT_LOGGED)
        everybody = self.countable & set[str]().union(*(cell.people for cell in wanted.values()))
        early = len(everybody) >= FEWEST and len(self._over(wanted)) < len(wanted)
        return Sum(known=Known.NOT_YET if early else Known.FEW)

    def _over(self, cells: Collection[Path]) -> list[Path]:
        return [path for path in cells if _is_over(path, self.told_to)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """All hours of a show."""

    series: Mapping[Series, Told]

    def sums(self, keep: Callable[[Series], bool], scope: Scope, *, place: int = 0, only: str = "") -> Sum:
        """The hours of several series together: what is told of each, added up."""
        return together([told.sum(scope, place=place, only=only) for series, told in self.series.items() if keep(series)])


def together(sums: Iterable[Sum]) -> Sum:
    """Sums added up; what is not told of one makes the whole `partial`, or keeps it silent where nothing is told."""
    every = [each for each in sums if each.known is not Known.NOT_LOGGED]
    told = [each for each in every if each.minutes is not None]
    if told:
        silent = any(each.partial or each.known in (Known.FEW, Known.NOT_YET) for each in every)
        sources = sorted({source for each in told for source in each.sources})
        return Sum(known=Known.LOGGED, minutes=sum(each.minutes or 0 for each in told), sources=tuple(sources), partial=silent)
    known = {each.known for each in every}
    order = (Known.FEW, Known.NOT_YET, Known.UNKNOWN, Known.NOT_LOGGED)
    return Sum(known=next(each for each in order if each in known or each is Known.NOT_LOGGED))


def told_to(today: date, told_after_days: int) -> date:
    """First day of the first month that is not told: one is told `told_after_days` days after its last."""
    return (today - timedelta(days=told_after_days)).replace(day=1)


def worked(connection: Connection | Session, show: str, *, zone: str, day_start: time, until: date) -> Worked:
    """The hours of `show` that stand: neither withdrawn, nor put right, nor called wrong by their person.

    What may be told of them is decided from the whole show, whatever is asked then; rows must have been made with `facts.follow`.

    Args:
        connection: to the record.
        show: its code.
        zone: the show's, such as ``Asia/Tokyo``.
        day_start: when the show's day begins.
        until: first day that is not told, see `told_to`.
    """
    cells = _cells(connection, show, StudioCalendar(zone, day_start))
    known = countable(connection, {ref for series in cells.values() for cell in series.values() for ref in cell.people})
    return Worked(series={series: tell(cells[series], known, until) for series in sorted(cells)})


def tell(cells: Mapping[Path, Cell], known: frozenset[str], until: date) -> Told:
    """What may be told of the hours in `cells`, where `known` are the people who count and nothing is told from `until` on."""
    crowds = {path: (known & cell.people,) for path, cell in cells.items() if _is_over(path, until)}
    return Told(cells=cells, blocks=blocks_of(crowds), countable=known, told_to=until)


def in_blocks(
    connection: Connection | Session, done: Sequence[tuple[Path, tuple[str, ...]]], scope: Scope, until: date
) -> tuple[set[Path], set[Path]]:
    """Of what was done in which month and episode, by whom in each part: the cells in `scope` that may be told, and all that are in it."""
    known = countable(connection, {ref for _, refs in done for ref in refs})
    crowds: dict[Path, tuple[set[str], ...]] = {}
    for path, refs in done:
        for crowd, ref in zip(crowds.setdefault(path, tuple(set() for _ in refs)), refs, strict=True):
            crowd.update({ref} & known)
    over = {path: tuple(map(frozenset, crowd)) for path, crowd in crowds.items() if _is_over(path, until)}
    asked = {path for path in crowds if _lies_in(path, scope)}
    return {path for block in blocks_of(over) if asked.issuperset(block.paths) for path in block.paths}, asked


def _lies_in(path: Path, scope: Scope) -> bool:
    month, episode = path[:2]
    after = scope.first is None or month >= month_of(scope.first)
    before = scope.last is None or month <= month_of(scope.last)
    return after and before and (not scope.episode or episode == scope.episode)


def _is_over(path: Path, until: date) -> bool:
    return first_of_next(path[0]) <= until


def _cells(connection: Connection | Session, show: str, calendar: StudioCalendar) -> dict[Series, dict[Path, Cell]]:
    found: dict[Series, dict[Path, Cell]] = {}
    when: dict[tuple[int | None, int | None, int, int], tuple[tuple[str, str, str, int], ...]] = {}
    for step, role, kind, actor, behalf, confirmed, source, seq, minutes, start, end, at_ms in standing(connection, show):
        house = kind == ActorKind.ORGANISATION
        series = found.setdefault(Series(step, role, actor if house else "", bool(confirmed)), {})
        key = (start, end, 0 if start is not None and end is not None else at_ms, minutes)
        parts = when.get(key)
        if parts is None:
            parts = when[key] = tuple(_parts(calendar, start, end, at_ms, minutes))
        for month, week, clock, share in parts:
            cell = series.setdefault((month, seq, week, clock), Cell())
            cell.minutes += share
            cell.people.add(behalf or ("" if house else actor))
            cell.sources.add(source)
    return found


_COLUMNS = (
    facts.c.step,
    facts.c.role,
    facts.c.actor_kind,
    facts.c.actor,
    facts.c.on_behalf_of,
    facts.c.confirmed,
    facts.c.source,
    facts.c.seq,
    facts.c.minutes,
    facts.c.span_start_ms,
    facts.c.span_end_ms,
    facts.c.at_ms,
)


_AT_ONCE = 10_000


def standing(connection: Connection | Session, show: str) -> Iterator[Any]:
    """Rows of the time logs of `show` that count, in `_COLUMNS`; those of nought minutes hide nobody and are left out."""
    counts = (facts.c.kind == Kind.TIME_LOGGED.value, ~facts.c.corrected, ~facts.c.withdrawn, facts.c.minutes > 0)
    people = facts.c.actor_kind.in_([ActorKind.HUMAN.value, ActorKind.ORGANISATION.value])
    for rows in connection.execute(sa.select(*_COLUMNS).where(facts.c.show == show, *counts, people)).partitions(_AT_ONCE):
        yield from rows


def _parts(calendar: StudioCalendar, start: int | None, end: int | None, at_ms: int, minutes: int) -> Iterator[tuple[str, str, str, int]]:
    """Month, weekend or weekday, night or day, and minutes: of the day by the middle of the span; where nobody said the day, of the month in which it was put down."""
    if start is None or end is None:
        yield month_of(calendar.day(at_ms)), UNKNOWN_TIME, UNKNOWN_TIME, minutes
        return
    day = calendar.day((start + end) // 2)
    month, week = month_of(day), WEEKEND if day.weekday() >= 5 else WEEKDAY
    night = _night(calendar, (start, end), minutes)
    if night is None:
        yield month, week, UNKNOWN_TIME, minutes
        return
    yield from ((month, week, clock, share) for clock, share in ((NIGHT, night), (DAY, minutes - night)) if share)


def _night(calendar: StudioCalendar, span: Span, minutes: int) -> int | None:
    """Minutes worked at night, as though breaks were spread evenly; None where the span tells no clock or cannot hold the minutes."""
    length = span[1] - span[0]
    if not has_clock(span) or minutes * 60_000 > length:
        return None
    return (minutes * calendar.night_ms(span) + length // 2) // length
