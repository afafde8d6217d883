"""Work on a show's backgrounds: hours of groups, what machines took beside them, drafts, retakes and how long things lay.

Nothing here is of one person (`suppression`), nothing ranks anybody, and hours never stand beside what was measured in pictures.
"""

from collections.abc import Iterable, Mapping
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
from integration.reports.hours import Group, Place, groups_of
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
    expected: tuple[Place, ...] = ()
    """Steps and roles that are listed whether anybody logged hours in them or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What the tasks of a step were thought to take, and what was put down."""

    step: str
    tasks: int
    """How many are estimated."""
    estimated: int | None
    """Minutes, of all tasks together; None where none is estimated, or only months are asked for, which no estimate is of."""
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
        """What can be worked out from an audit pack alone, as its script prints it: whole numbers and text, houses as references.

        What is unknown is left out. Hours need a pack made with hours; they and the times that things took need the day `until`.
        Overtime is not in it, for it is of all shows together, nor are energy and money, whose prices stand in settings.
        """
        numbers: dict[str, Any] = {
            "drafts": _counts(self.drafts, Drafts.__slots__),
            "estimates": {each.step: _estimate_numbers(each) for each in self.estimates if each.estimated is not None},
            "houses": {house.ref: counts for house in self.houses if any((counts := _counts(house, _OF_HOUSES)).values())},
            "machine": _counts(self.machine, ("pictures", "render_ms", "untold")),
            "retakes": {str(times): count for times, count in self.handed_in.by_retakes.items()},
            "turnarounds": {each.stage.value: _turnaround_numbers(each) for each in self.turnarounds},
            "until": self.rules.until.isoformat(),
            "with_hours": self.handed_in.with_hours,
        }
        if not self.scope.shots:
            logged = [each for each in self.groups if {each.confirmed.known, each.unconfirmed.known} != {Known.NOT_LOGGED}]
            numbers["hours"] = {f"{each.step}/{each.role}": _group_numbers(each) for each in logged}
            numbers["house_hours"] = _logged({house.ref: house.hours for house in self.houses})
            numbers["logged"] = _logged({each.step: each.actual for each in self.estimates})
            numbers["night"], numbers["weekend"] = _told(self.night), _told(self.weekend)
        return dict(sorted(numbers.items()))


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
        groups=() if scope.shots else groups_of(every, scope, rules.expected),
        night=every.sums(lambda each: not each.house, scope, place=CLOCK, only=NIGHT),
        weekend=every.sums(lambda each: not each.house, scope, place=WEEK, only=WEEKEND),
        estimates=_estimates(connection, every, scope),
        over_limits=over_limits(
            connection,
            scope,
            zone=rules.zone,
            day_start=rules.day_start,
            until=rules.until,
            month_limit_hours=rules.month_limit_hours,
            year_limit_hours=rules.year_limit_hours,
        ),
        drafts=drafts_in(connection, where, show=scope.show),
        machine=machine_in(connection, where, watts=rules.watts, hour_price=rules.hour_price, currency=rules.currency),
        handed_in=handed_in(connection, where),
        houses=houses(connection, where, by_house, show=scope.show),
        turnarounds=turnarounds(connection, scope, zone=rules.zone, day_start=rules.day_start, until=rules.until),
    )


def _house_hours(every: Worked, scope: Scope) -> Mapping[str, Sum]:
    refs = sorted({each.house for each in every.series} - {""})
    return {ref: every.sums(lambda each, ref=ref: each.house == ref, scope) for ref in refs}  # type: ignore[misc]


def _estimates(connection: Connection | Session, every: Worked, scope: Scope) -> tuple[Estimate, ...]:
    """Of each step that is estimated or worked on."""
    stands = (facts.c.kind == Kind.TIME_ESTIMATED.value, ~facts.c.corrected, ~facts.c.withdrawn)
    query = sa.select(facts.c.step, sa.func.count(), sa.func.sum(facts.c.minutes)).where(entries_of(scope), *stands)
    rows = connection.execute(query.group_by(facts.c.step)) if scope.first is None and scope.last is None else ()
    found = {step: (int(tasks), int(minutes)) for step, tasks, minutes in rows}
    return tuple(
        Estimate(
            step=step,
            tasks=found.get(step, (0, 0))[0],
            estimated=found[step][1] if step in found else None,
            actual=every.sums(lambda each, step=step: each.step == step and not each.house, scope),  # type: ignore[misc]
        )
        for step in sorted({*found, *(each.step for each in every.series if not each.house)})
    )


_OF_HOUSES = ("handed_over", "retakes", "returned")


def _logged(sums: Mapping[str, Sum]) -> dict[str, Any]:
    return {name: _told(each) for name, each in sorted(sums.items()) if each.known is not Known.NOT_LOGGED}


def _counts(told: object, names: Iterable[str]) -> dict[str, int]:
    return {name: getattr(told, name) for name in sorted(names)}


def _estimate_numbers(each: Estimate) -> dict[str, Any]:
    return {"minutes": each.estimated, "tasks": each.tasks}


def _group_numbers(each: Group) -> dict[str, Any]:
    return {"confirmed": _told(each.confirmed), "unconfirmed": _told(each.unconfirmed)}


def _turnaround_numbers(each: Turnaround) -> dict[str, Any]:
    if each.known is not Known.LOGGED:
        return {"known": each.known.value}
    return {"known": each.known.value, **_counts(each, ("first_quarter", "median", "third_quarter", "times"))}


def _told(hours: Sum) -> dict[str, Any]:
    if hours.minutes is None:
        return {"known": hours.known.value}
    told = "in part" if hours.partial else "whole"
    return {"known": hours.known.value, "minutes": hours.minutes, "sources": list(hours.sources), "told": told}
