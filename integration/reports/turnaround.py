"""How long backgrounds wait and are worked on between their stages; in people's hands only of so many that it tells of no one.

Counted is each background's first way: the last approval of its layout before its first draft, the last draft before its first
revision, and each revision until it is approved. Times go by the clock, nights and weekends included.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger.vocabulary import ActorKind, Kind
from integration.reports.facts import facts
from integration.reports.months import span_of
from integration.reports.scope import Scope, entries_of
from integration.reports.studio_calendar import StudioCalendar
from integration.reports.suppression import FEWEST
from integration.reports.worked import Known, in_blocks

FEWEST_TIMES = 4 * FEWEST
"""A quarter of fewer times than this would be of fewer than `FEWEST` backgrounds."""


class Stage(StrEnum):
    """From what to what."""

    TO_DRAFT = "layout_approved_to_draft_delivered"
    """Nobody paints in it: tracker, queue and machine."""
    TO_REVISION = "draft_delivered_to_revision_submitted"
    TO_APPROVAL = "revision_submitted_to_revision_approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnaround:
    """How long one stage took; half of the backgrounds took between `first_quarter` and `third_quarter`."""

    stage: Stage
    known: Known
    times: int | None = None
    """Of how many it tells; None unless `known` is ``logged``, as the others."""
    first_quarter: int | None = None
    """Whole minutes; 25th percentile, interpolated between neighbours (Hyndman and Fan 1996, type 7)."""
    median: int | None = None
    """Whole minutes."""
    third_quarter: int | None = None
    """Whole minutes; 75th percentile."""


@dataclass(frozen=True, slots=True)
class Took:
    """One background's time in one stage."""

    episode: str
    end_ms: int
    ms: int
    people: tuple[str, ...]
    """In whose hands it lay, one for each part they had in it; empty: in nobody's."""


def turnarounds(connection: Connection | Session, scope: Scope, *, zone: str, day_start: time, until: date) -> tuple[Turnaround, ...]:
    """How long each stage took in `scope`, by the month in which it ended; rows must have been made with `facts.follow`.

    Args:
        connection: to the record.
        scope: show, episode and months. Of cuts only the machine's stage is told, for a cut's artist is one person.
        zone: the show's, such as ``Asia/Tokyo``.
        day_start: when the show's day begins.
        until: first day of which nothing of people is told, see `worked.told_to`.
    """
    since_ms, until_ms = span_of(scope, zone, day_start)
    drafted = [
        each.ms
        for each in _to_draft(connection, Scope(show=scope.show, episode=scope.episode, shots=scope.shots))
        if (since_ms or 0) <= each.end_ms and (until_ms is None or each.end_ms < until_ms)
    ]
    calendar, show = StudioCalendar(zone, day_start), Scope(show=scope.show)
    hands = ((Stage.TO_REVISION, _to_revision), (Stage.TO_APPROVAL, _to_approval))
    return (
        _quarters(Stage.TO_DRAFT, drafted) if drafted else Turnaround(stage=Stage.TO_DRAFT, known=Known.NOT_LOGGED),
        *(_of_people(connection, stage, find(connection, show), scope, calendar, until) for stage, find in hands),
    )


def quarters(values: Iterable[int]) -> tuple[int, int, int]:
    """First quartile, median and third quartile of milliseconds, in minutes, halves rounded up."""
    ordered = sorted(values)
    found = []
    for quarter in (1, 2, 3):
        place, rest = divmod((len(ordered) - 1) * quarter, 4)
        between = ordered[place] * (4 - rest) + (ordered[place + 1] * rest if rest else 0)
        found.append((between + 120_000) // 240_000)
    return found[0], found[1], found[2]


def _quarters(stage: Stage, values: Sequence[int]) -> Turnaround:
    first, median, third = quarters(values)
    return Turnaround(stage=stage, known=Known.LOGGED, times=len(values), first_quarter=first, median=median, third_quarter=third)


def _of_people(
    connection: Connection | Session, stage: Stage, took: Sequence[Took], scope: Scope, calendar: StudioCalendar, until: date
) -> Turnaround:
    places = [(calendar.month(each.end_ms), each.episode) for each in took]
    told, asked = in_blocks(connection, [(place, each.people) for place, each in zip(places, took, strict=True)], scope, until)
    values = [each.ms for place, each in zip(places, took, strict=True) if place in told]
    if not asked:
        return Turnaround(stage=stage, known=Known.NOT_LOGGED)
    if scope.shots or len(values) < FEWEST_TIMES:
        return Turnaround(stage=stage, known=Known.FEW)
    return _quarters(stage, values)


_Key = tuple[str, str]
"""Background and part."""


def _moments(connection: Connection | Session, scope: Scope, kind: Kind) -> dict[_Key, list[tuple[int, str]]]:
    """When it happened to each part, in order, and in which episode."""
    query = sa.select(facts.c.background, facts.c.part, facts.c.at_ms, facts.c.seq)
    found: dict[_Key, list[tuple[int, str]]] = {}
    for background, part, at_ms, seq in connection.execute(
        query.where(entries_of(scope), facts.c.kind == kind.value, ~facts.c.corrected).order_by(facts.c.at_ms, facts.c.idx)
    ):
        found.setdefault((background, part), []).append((int(at_ms), seq))
    return found


def _to_draft(connection: Connection | Session, scope: Scope) -> list[Took]:
    approved = _moments(connection, scope, Kind.LAYOUT_APPROVED)
    took = []
    for key, delivered in _moments(connection, scope, Kind.DRAFT_DELIVERED).items():
        end_ms, seq = delivered[0]
        if before := _last_before(end_ms, approved.get(key, ())):
            took.append(Took(seq, end_ms, end_ms - before, ()))
    return took


def _to_revision(connection: Connection | Session, scope: Scope) -> list[Took]:
    delivered = _moments(connection, scope, Kind.DRAFT_DELIVERED)
    submitted = _human(scope, Kind.REVISION_SUBMITTED)
    turn = sa.func.row_number().over(partition_by=(facts.c.background, facts.c.part), order_by=(facts.c.at_ms, facts.c.idx))
    columns = (facts.c.background, facts.c.part, facts.c.at_ms, facts.c.seq, facts.c.actor)
    told = sa.select(*columns, facts.c.idx, turn.label("turn")).where(submitted).subquery()
    query = sa.select(told.c.background, told.c.part, told.c.at_ms, told.c.seq, told.c.actor).where(told.c.turn == 1)
    took: dict[_Key, Took] = {}
    for background, part, at_ms, seq, actor in connection.execute(query.order_by(told.c.idx)):
        if before := _last_before(at_ms, delivered.get((background, part), ())):
            took.setdefault((background, part), Took(seq, int(at_ms), int(at_ms) - before, (actor,)))
    return list(took.values())


def _to_approval(connection: Connection | Session, scope: Scope) -> list[Took]:
    """Each revision of a person's until its first approval."""
    approver = sa.case((facts.c.decided_by != "", facts.c.decided_by), (facts.c.set_by != "", facts.c.set_by), else_=facts.c.actor)
    columns = (facts.c.background, facts.c.part, facts.c.version, facts.c.sha256)
    final = (entries_of(scope), facts.c.kind == Kind.REVISION_APPROVED.value, ~facts.c.corrected)
    approvals: dict[tuple[str, str, str], list[tuple[int, str, str]]] = {}
    for *what, seq, at_ms, by in connection.execute(
        sa.select(*columns, facts.c.seq, facts.c.at_ms, approver).where(*final).order_by(facts.c.at_ms, facts.c.idx)
    ):
        approvals.setdefault(_file(*what), []).append((int(at_ms), seq, by))
    finals = facts.c.background.in_(sa.select(facts.c.background).where(*final))
    took = []
    for *what, began_ms, artist in connection.execute(
        sa.select(*columns, facts.c.at_ms, facts.c.actor).where(_human(scope, Kind.REVISION_SUBMITTED), finals).order_by(facts.c.idx)
    ):
        first = next((each for each in approvals.get(_file(*what), ()) if each[0] >= began_ms), None)
        if first is not None:
            took.append(Took(first[1], first[0], first[0] - int(began_ms), (artist, first[2])))
    return took


def _file(background: str, part: str, version: str, sha256: str) -> tuple[str, str, str]:
    """What a revision is told by: its Version, or its file where nobody says which Version it is."""
    return background, part, version or sha256


def _human(scope: Scope, kind: Kind) -> sa.ColumnElement[bool]:
    return sa.and_(entries_of(scope), facts.c.kind == kind.value, facts.c.actor_kind == ActorKind.HUMAN.value, ~facts.c.corrected)


def _last_before(end_ms: int, moments: Iterable[tuple[int, str]]) -> int | None:
    return max((at_ms for at_ms, _ in moments if at_ms <= end_ms), default=None)
