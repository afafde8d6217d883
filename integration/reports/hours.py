"""Hours of a show by step and role, of groups and never of one person; and a person's own, for themselves and payroll.

Nothing is told of fewer than `FEWEST` people. That alone would not do: a show's hours less those of its other episodes are an
episode's. So where an episode must stay silent, others are kept silent with it until what can be worked out is of `FEWEST` people
again (complementary suppression: Hundepool et al., Statistical Disclosure Control, 2012, section 4.3).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from unicodedata import normalize

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger import log, people
from integration.ledger.entry import Entry, Time
from integration.ledger.people import Naming
from integration.ledger.vocabulary import ActorKind, Kind
from integration.studio_clock import studio_clock, studio_day

FEWEST = 3
"""Hours of fewer people than this are not told of a group: each could tell the others', or an outsider one person's."""


class Known(StrEnum):
    """What may be said of a group's hours."""

    LOGGED = "logged"
    NOT_LOGGED = "not logged"
    """Nobody put any down, which does not mean that nobody worked."""
    FEW = "fewer than 3 people"
    """Or so few in an episode beside this one that its hours could be worked out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Hours of one group, put down in one way."""

    known: Known
    minutes: int | None = None
    """At least 1; None unless `known` is ``logged``."""
    sources: tuple[str, ...] = ()
    """Where they come from: ``tracker``, ``self``, ``import``."""


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


Logged = tuple[int, Entry, Time]
"""An entry of hours with its index and hours."""
Place = tuple[str, str]
"""Step and role."""


def hours(connection: Connection | Session, show: str, *, episode: str | None = None, expected: Iterable[Place] = ()) -> Hours:
    """Hours logged in a show by step and role.

    Args:
        connection: to the record.
        show: the show's name.
        episode: only this one's.
        expected: steps and roles that are listed whether anybody logged hours in them or not.

    Raises:
        LedgerError: a stored entry is damaged.
    """
    show, episode = normalize("NFC", show), None if episode is None else normalize("NFC", episode)
    standing = [item for item in _standing(connection, show) if item[1].actor.kind is ActorKind.HUMAN]
    countable = _countable(connection, standing)
    places = sorted({*expected, *(_place(entry) for _, entry, _ in standing)})
    return Hours(show=show, episode=episode, groups=tuple(_group(place, standing, countable, episode) for place in places))


def own_hours(connection: Connection | Session, ref: str, *, show: str, zone: str, day_start: time) -> tuple[OwnHours, ...]:
    """Every time log of the person with reference `ref`, withdrawn and corrected ones too, in the order of the record.

    `zone` and `day_start` are the show's.

    Raises:
        LedgerError: a stored entry is damaged.
    """
    logged, corrected = _logged(connection, normalize("NFC", show))
    return tuple(
        OwnHours(
            index=index,
            day=_day(told, zone, day_start),
            put_down=f"{studio_day(_moment(entry.at_ms), zone, day_start)} {studio_clock(_moment(entry.at_ms), zone, day_start)}",
            minutes=told.minutes,
            episode=entry.seq,
            shots=entry.shots,
            step=entry.step,
            role=_place(entry)[1],
            confirmed=told.confirmed,
            source=told.source.value,
            stands=not told.withdrawn and index not in corrected,
        )
        for index, entry, told in logged
        if ref and ref in (entry.actor.ref, entry.on_behalf_of)
    )


def nothing(expected: Iterable[Place]) -> tuple[Group, ...]:
    """The groups of a show of which nothing is recorded yet."""
    silence = Sum(known=Known.NOT_LOGGED)
    return tuple(Group(step=step, role=role, confirmed=silence, unconfirmed=silence) for step, role in sorted(expected))


def is_known(connection: Connection | Session, show: str) -> bool:
    """Whether the record holds anything of a show."""
    return next(log.read(connection, show=show), None) is not None


def _group(place: Place, standing: Sequence[Logged], countable: Collection[str], episode: str | None) -> Group:
    here = [item for item in standing if _place(item[1]) == place]
    own, others = ([item for item in here if item[2].confirmed is confirmed] for confirmed in (True, False))
    return Group(step=place[0], role=place[1], confirmed=_sum(own, countable, episode), unconfirmed=_sum(others, countable, episode))


def _sum(items: Sequence[Logged], countable: Collection[str], episode: str | None) -> Sum:
    told = [item for item in items if episode is None or item[1].seq == episode]
    if not told:
        return Sum(known=Known.NOT_LOGGED)
    silent = len(_people(told, countable)) < FEWEST if episode is None else episode in _silent(items, countable)
    if silent:
        return Sum(known=Known.FEW)
    return Sum(
        known=Known.LOGGED,
        minutes=sum(time.minutes for _, _, time in told),
        sources=tuple(sorted({time.source.value for _, _, time in told})),
    )


def _silent(items: Sequence[Logged], countable: Collection[str]) -> set[str]:
    """The episodes whose hours are not told, so that what is left of the show without the others is of `FEWEST` people or of nobody."""
    people_in = {
        episode: _people((item for item in items if item[1].seq == episode), countable) for episode in {e.seq for _, e, _ in items}
    }
    by_size = sorted(people_in, key=lambda episode: (len(people_in[episode]), episode))
    silent = [episode for episode in by_size if len(people_in[episode]) < FEWEST]
    for episode in by_size[len(silent) :]:
        if not silent or len(set().union(*(people_in[each] for each in silent))) >= FEWEST:
            break
        silent.append(episode)
    return set(silent)


def _people(items: Iterable[Logged], countable: Collection[str]) -> set[str]:
    return {entry.actor.ref for _, entry, _ in items} & set(countable)


def _countable(connection: Connection | Session, items: Sequence[Logged]) -> set[str]:
    """Who counts towards `FEWEST`: not somebody unknown or erased, who may be one of the others under another reference."""
    names = people.names(connection, {entry.actor.ref for _, entry, _ in items})
    return {ref for ref, name in names.items() if ref and name.naming is not Naming.ERASED}


def _standing(connection: Connection | Session, show: str) -> list[Logged]:
    logged, corrected = _logged(connection, show)
    return [(index, entry, told) for index, entry, told in logged if index not in corrected and not told.withdrawn]


def _logged(connection: Connection | Session, show: str) -> tuple[list[Logged], set[int]]:
    """Every entry of hours of a show, and the indexes of those that a later one, or the person in words, put right."""
    entries = list(log.read(connection, show=show, kinds=[Kind.TIME_LOGGED, Kind.CORRECTION]))
    corrected = {entry.corrects for _, entry in entries if entry.corrects is not None}
    return [(index, entry, entry.time) for index, entry in entries if entry.kind is Kind.TIME_LOGGED and entry.time], corrected


def _day(told: Time, zone: str, day_start: time) -> date | None:
    """By the middle of the span, which lies in the day it was put down for even if `day_start` was another then."""
    if told.span_start_ms is None or told.span_end_ms is None:
        return None
    return studio_day(_moment((told.span_start_ms + told.span_end_ms) // 2), zone, day_start)


def _place(entry: Entry) -> Place:
    return entry.step, entry.actor.role.value if entry.actor.role else ""


def _moment(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
