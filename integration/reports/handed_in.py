"""What came back and how often it was asked for again: by background, and by outside house, never by person."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger import people
from integration.ledger.people import PersonName
from integration.ledger.vocabulary import ActorKind, Kind
from integration.reports.facts import facts
from integration.reports.worked import Sum


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """Backgrounds for which a revision was handed in, or asked for again."""

    backgrounds: int
    by_retakes: Mapping[int, int]
    """How many of them were asked for again how often, in order; of a cut's background as a whole."""
    with_hours: int
    """Of how many anybody logged hours at all, on any step; of the others nobody did."""

    @property
    def retakes(self) -> int:
        """All of them together."""
        return sum(times * count for times, count in self.by_retakes.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One outside house."""

    ref: str
    name: PersonName
    handed_over: int
    """Backgrounds it was given."""
    returned: int
    """Backgrounds it handed in."""
    retakes: int
    """Of what it handed in."""
    hours: Sum
    """Those it put down for at least three people it named."""


def handed_in(connection: Connection | Session, where: sa.ColumnElement[bool]) -> HandedIn:
    """The backgrounds handed in among the entries for which `where` holds, with their retakes and hours among the same."""
    revised = sa.select(facts.c.background).distinct().where(where, facts.c.kind == Kind.REVISION_SUBMITTED.value, ~facts.c.corrected)
    retakes = sa.select(facts.c.background, sa.func.count()).where(where, facts.c.kind == Kind.REVISION_RETAKE.value, ~facts.c.corrected)
    many = {background: int(count) for background, count in connection.execute(retakes.group_by(facts.c.background))}
    handed = {background for (background,) in connection.execute(revised)} | many.keys()
    logged = (
        sa.select(facts.c.background)
        .distinct()
        .where(where, facts.c.kind == Kind.TIME_LOGGED.value, ~facts.c.corrected, ~facts.c.withdrawn)
    )
    with_hours = {background for (background,) in connection.execute(logged)}
    return HandedIn(
        backgrounds=len(handed),
        by_retakes=dict(sorted(Counter(many.get(background, 0) for background in handed).items())),
        with_hours=len(handed & with_hours),
    )


def houses(connection: Connection | Session, where: sa.ColumnElement[bool], hours: Mapping[str, Sum], *, show: str) -> tuple[House, ...]:
    """The outside houses among the entries of `show` for which `where` holds, in order of name; `hours` are theirs, by reference."""
    given = sa.select(facts.c.to_ref, sa.func.count(sa.distinct(facts.c.background)))
    given = given.where(where, facts.c.kind == Kind.HANDOVER.value, facts.c.to_ref != "", ~facts.c.corrected).group_by(facts.c.to_ref)
    handed_over = {ref: int(count) for ref, count in connection.execute(given)}
    by_house = (
        where,
        facts.c.kind == Kind.REVISION_SUBMITTED.value,
        facts.c.actor_kind == ActorKind.ORGANISATION.value,
        ~facts.c.corrected,
    )
    back = sa.select(facts.c.actor, sa.func.count(sa.distinct(facts.c.background))).where(*by_house).group_by(facts.c.actor)
    returned = {ref: int(count) for ref, count in connection.execute(back)}
    retakes = _retakes(connection, where, show)
    refs = sorted({*handed_over, *returned, *retakes, *hours})
    return tuple(sorted(_houses(connection, refs, (handed_over, returned, retakes), hours), key=lambda house: (house.name.name, house.ref)))


def _houses(
    connection: Connection | Session, refs: Iterable[str], counts: tuple[Mapping[str, int], ...], hours: Mapping[str, Sum]
) -> Iterable[House]:
    silence = Sum.nothing()
    handed_over, returned, retakes = counts
    for ref, name in people.names(connection, refs).items():
        yield House(
            ref=ref,
            name=name,
            handed_over=handed_over.get(ref, 0),
            returned=returned.get(ref, 0),
            retakes=retakes.get(ref, 0),
            hours=hours.get(ref, silence),
        )


def _retakes(connection: Connection | Session, where: sa.ColumnElement[bool], show: str) -> dict[str, int]:
    """Retakes by the house whose Version they are of, whenever it was handed in."""
    theirs = (
        facts.c.show == show,
        facts.c.kind == Kind.REVISION_SUBMITTED.value,
        facts.c.actor_kind == ActorKind.ORGANISATION.value,
        ~facts.c.corrected,
    )
    what = (facts.c.background, facts.c.version, facts.c.sha256)
    versions = connection.execute(sa.select(*what, facts.c.actor).where(*theirs))
    house_of = {(background, version or sha256): ref for background, version, sha256, ref in versions}
    if not house_of:
        return {}
    again = sa.select(*what).where(where, facts.c.kind == Kind.REVISION_RETAKE.value, ~facts.c.corrected)
    asked = [house_of.get((background, version or sha256)) for background, version, sha256 in connection.execute(again)]
    return dict(Counter(ref for ref in asked if ref))
