"""Work on a show's backgrounds: hours of groups, what machines took beside them, drafts, retakes and how long things lay.

Nothing here is of one person (`suppression`), nothing ranks anybody, and hours never stand beside what was measured in pictures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger.vocabulary import Kind
from integration.reports.draft_counts import Drafts, Machine, drafts_in, machine_in
from integration.reports.facts import facts
from integration.reports.handed_in import HandedIn, House, handed_in, houses
from integration.reports.months import span_of
from integration.reports.overtime import OverLimit, over_limits
from integration.reports.scope import Scope, entries_of
from integration.reports.turnaround import Turnaround, turnarounds
from integration.reports.worked import CLOCK, NIGHT, WEEK, WEEKEND, Known, Sum, Worked, worked


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a show and its studio set that labour goes by."""

    zone: str = "Asia/Tokyo"
    """The show's, in which days, months and nights lie."""
    day_start: time = time(5)
    until: date
    """First day of which nothing of people is told yet, from `worked.told_to`."""
    month_limit_hours: int = 45
    year_limit_hours: int = 360
    watts: int = 0
    """What a machine takes while it renders; 0: unknown."""
    hour_price: int = 0
    """Of a machine, in whole smallest units of `currency`; 0: unknown."""
    currency: str = "JPY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Everybody of the studio who worked on a step in a role."""

    step: str
    role: str
    """Empty when nobody says."""
    confirmed: Sum
    """Hours people put down themselves."""
    unconfirmed: Sum
    """Hours somebody else put down for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What the tasks of a step were thought to take, and what was put down."""

    step: str
    tasks: int
    estimated: int
    """Minutes, of all tasks together."""
    actual: Sum
    """Hours on that step, of all its tasks, estimated or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labour:
    """Work in a show, an episode, or some cuts."""

    scope: Scope
    rules: Rules
    groups: tuple[Group, ...]
    """In order of step and role; empty for cuts, of which hours are never told."""
    night: Sum
    """Hours between 22:00 and 05:00, where logs say the clock."""
    weekend: Sum
    """Hours on the studio's Saturdays and Sundays."""
    estimates: tuple[Estimate, ...]
    over_limits: tuple[OverLimit, ...]
    drafts: Drafts
    machine: Machine
    handed_in: HandedIn
    houses: tuple[House, ...]
    turnarounds: tuple[Turnaround, ...]

    def numbers(self) -> dict[str, Any]:
        """Every figure as whole numbers and text; houses as references."""
        return {
            "drafts": _plain(self.drafts),
            "estimates": {each.step: {"minutes": each.estimated, "tasks": each.tasks} for each in self.estimates},
            "hours": {
                f"{group.step}/{group.role}": {"confirmed": _told(group.confirmed), "unconfirmed": _told(group.unconfirmed)}
                for group in self.groups
            },
            "machine": {"pictures": self.machine.pictures, "render_ms": self.machine.render_ms, "untold": self.machine.untold},
            "night": _told(self.night),
            "retakes": {str(times): count for times, count in self.handed_in.by_retakes.items()},
            "weekend": _told(self.weekend),
        }


def labour(connection: Connection | Session, scope: Scope, rules: Rules) -> Labour:
    """What the record says of work in `scope`; rows must have been made with `facts.follow`.

    Args:
        connection: to the record.
        scope: show, episode, cuts and months. Of cuts no hours are told: a cut's artist is one person.
        rules: the show's and the studio's.
    """
    span = span_of(scope, rules.zone, rules.day_start)
    where = entries_of(scope, since_ms=span[0], until_ms=span[1])
    every = (
        Worked(series={}) if scope.shots else worked(connection, scope.show, zone=rules.zone, day_start=rules.day_start, until=rules.until)
    )
    by_house = {} if scope.shots else _house_hours(every, scope)
    return Labour(
        scope=scope,
        rules=rules,
        groups=_groups(every, scope),
        night=every.sums(lambda each: not each.house, scope, place=CLOCK, only=NIGHT),
        weekend=every.sums(lambda each: not each.house, scope, place=WEEK, only=WEEKEND),
        estimates=_estimates(connection, where, every, scope),
        over_limits=over_limits(
            connection,
            scope,
            zone=rules.zone,
            day_start=rules.day_start,
            until=rules.until,
            month_limit_hours=rules.month_limit_hours,
            year_limit_hours=rules.year_limit_hours,
        ),
        drafts=drafts_in(connection, where),
        machine=machine_in(connection, where, watts=rules.watts, hour_price=rules.hour_price, currency=rules.currency),
        handed_in=handed_in(connection, where),
        houses=houses(connection, where, by_house),
        turnarounds=turnarounds(connection, scope, zone=rules.zone, day_start=rules.day_start, until=rules.until),
    )


def _groups(every: Worked, scope: Scope) -> tuple[Group, ...]:
    places = sorted({(each.step, each.role) for each in every.series if not each.house})
    return tuple(
        Group(
            step=step,
            role=role,
            confirmed=every.sums(lambda each, step=step, role=role: each == (step, role, "", True), scope),  # type: ignore[misc]
            unconfirmed=every.sums(lambda each, step=step, role=role: each == (step, role, "", False), scope),  # type: ignore[misc]
        )
        for step, role in places
    )


def _house_hours(every: Worked, scope: Scope) -> Mapping[str, Sum]:
    refs = sorted({each.house for each in every.series} - {""})
    return {ref: every.sums(lambda each, ref=ref: each.house == ref, scope) for ref in refs}  # type: ignore[misc]


def _estimates(connection: Connection | Session, where: sa.ColumnElement[bool], every: Worked, scope: Scope) -> tuple[Estimate, ...]:
    stands = (where, facts.c.kind == Kind.TIME_ESTIMATED.value, ~facts.c.corrected, ~facts.c.withdrawn)
    query = sa.select(facts.c.step, sa.func.count(), sa.func.sum(facts.c.minutes)).where(*stands).group_by(facts.c.step)
    return tuple(
        Estimate(
            step=step,
            tasks=int(tasks),
            estimated=int(minutes),
            actual=every.sums(lambda each, step=step: each.step == step and not each.house, scope),  # type: ignore[misc]
        )
        for step, tasks, minutes in sorted(tuple(row) for row in connection.execute(query))
    )


def _plain(drafts: Drafts) -> dict[str, int]:
    return {name: getattr(drafts, name) for name in sorted(Drafts.__slots__)}


def _told(hours: Sum) -> dict[str, Any]:
    if hours.known is not Known.LOGGED:
        return {"known": hours.known.value}
    return {"known": hours.known.value, "minutes": hours.minutes, "partial": hours.partial}
