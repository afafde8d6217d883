"""Hours of a show by step and role, of groups and never of one person; and a person's own, for themselves and payroll.

What may be told of a group is decided in `suppression`, by the same rule for every report.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from unicodedata import normalize

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger import tables
from integration.ledger.vocabulary import Kind
from integration.reports.facts import facts
from integration.reports.scope import Scope
from integration.reports.worked import Sum, Worked, worked
from integration.studio_clock import studio_clock, studio_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Everybody who worked on a step as one thing."""

    step: str
    role: str
    """Empty when the step says none."""
    confirmed: Sum
    """Hours people put down, or touched last, themselves."""
    unconfirmed: Sum
    """Hours somebody else put down for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What is logged of a show, or of one episode."""

    show: str
    episode: str | None
    """None for the whole show."""
    groups: tuple[Group, ...]
    """In order of the step's and the role's name."""
    until: date | None = None
    """First day of which nothing is told yet: the month's that is not over, or only just; None where nothing is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHours:
    """One time log of one person, for that person and payroll."""

    index: int
    """The entry's place in the record."""
    day: date | None
    """The studio's day; None when nobody said."""
    put_down: str
    """Studio's day and clock at which it was changed last: ``2026-11-20 25:30``."""
    minutes: int
    episode: str
    shots: tuple[str, ...]
    step: str
    role: str
    confirmed: bool
    source: str
    stands: bool
    """Whether it is counted: neither withdrawn, nor corrected by a later entry."""


Place = tuple[str, str]
"""Step and role."""


def hours(
    connection: Connection | Session,
    show: str,
    *,
    zone: str,
    day_start: time,
    until: date,
    episode: str | None = None,
    expected: Iterable[Place] = (),
) -> Hours:
    """Hours logged in a show by step and role; rows must have been made with `facts.follow`.

    Args:
        connection: to the record.
        show: the show's name.
        zone: the show's, such as ``Asia/Tokyo``.
        day_start: when the show's day begins.
        until: first day of which nothing is told yet, from `worked.told_to`.
        episode: only this one's.
        expected: steps and roles that are listed whether anybody logged hours in them or not.
    """
    show, episode = normalize("NFC", show), None if episode is None else normalize("NFC", episode)
    every, scope = worked(connection, show, zone=zone, day_start=day_start, until=until), Scope(show=show, episode=episode or "")

    return Hours(show=show, episode=episode, groups=groups_of(every, scope, expected), until=until)


def groups_of(every: Worked, scope: Scope, expected: Iterable[Place] = ()) -> tuple[Group, ...]:
    """What may be told of the studio's own people in `scope`, by step and role; `expected` are listed in any case."""

    def told(place: Place, *, confirmed: bool) -> Sum:
        return every.sums(lambda each: each == (*place, "", confirmed), scope)

    places = sorted({*expected, *((each.step, each.role) for each in every.series if not each.house)})
    return tuple(
        Group(step=step, role=role, confirmed=told((step, role), confirmed=True), unconfirmed=told((step, role), confirmed=False))
        for step, role in places
    )


def own_hours(connection: Connection | Session, ref: str, *, show: str, zone: str, day_start: time) -> tuple[OwnHours, ...]:
    """Every time log of the person with reference `ref`, withdrawn and corrected ones too, in the order of the record.

    `zone` and `day_start` are the show's; rows must have been made with `facts.follow`.
    """
    mine = sa.or_(facts.c.actor == ref, facts.c.on_behalf_of == ref)
    logged = (facts.c.show == normalize("NFC", show), facts.c.kind == Kind.TIME_LOGGED.value)
    rows = connection.execute(sa.select(facts).where(mine, *logged).order_by(facts.c.idx)).all() if ref else []
    shots: dict[int, list[str]] = {}
    columns = tables.entry_shots.c
    served = sa.select(columns.idx, columns.shot).where(columns.idx.in_(sa.select(facts.c.idx).where(mine, *logged)))
    for index, shot in connection.execute(served.order_by(columns.shot)) if ref else ():
        shots.setdefault(int(index), []).append(str(shot))
    return tuple(
        OwnHours(
            index=int(row.idx),
            day=_day(row.span_start_ms, row.span_end_ms, zone, day_start),
            put_down=f"{studio_day(_moment(row.at_ms), zone, day_start)} {studio_clock(_moment(row.at_ms), zone, day_start)}",
            minutes=row.minutes,
            episode=row.seq,
            shots=tuple(shots.get(row.idx, ())),
            step=row.step,
            role=row.role,
            confirmed=row.confirmed,
            source=row.source,
            stands=not row.withdrawn and not row.corrected,
        )
        for row in rows
    )


def nothing(expected: Iterable[Place]) -> tuple[Group, ...]:
    """The groups of a show of which nothing is recorded yet."""
    silence = Sum.nothing()
    return tuple(Group(step=step, role=role, confirmed=silence, unconfirmed=silence) for step, role in sorted(expected))


def is_known(connection: Connection | Session, show: str) -> bool:
    """Whether the record holds anything of a show."""
    return connection.execute(sa.select(facts.c.idx).where(facts.c.show == normalize("NFC", show)).limit(1)).first() is not None


def _day(start_ms: int | None, end_ms: int | None, zone: str, day_start: time) -> date | None:
    """By the middle of the span, which lies in the day it was put down for even if `day_start` was another then."""
    if start_ms is None or end_ms is None:
        return None
    return studio_day(_moment((start_ms + end_ms) // 2), zone, day_start)


def _moment(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
