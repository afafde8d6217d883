"""Hours of a show by step and role: what was logged and still stands, for groups of three and more, and never for one person.

What nobody logged is "not logged", never zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind, Role
from integration.reports.terminal import safe

FEWEST = 3
"""Smaller groups are not told, for a person could be read out of them."""
CAVEATS = (
    "Hours are what people logged; they say nothing about how well or how fast anybody worked.",
    "A group of fewer than three is not told here; `haikei person hours` shows a person their own.",
)
"""What the figures do not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What one role logged on one step."""

    step: str
    role: str
    """Empty where settings name none for the step."""
    people: int | None
    """How many logged; None for fewer than three."""
    minutes: int | None
    """Their sum; None when nobody logged, or too few."""
    confirmed_minutes: int | None
    """Of them, logged by the people themselves."""
    sources: tuple[str, ...]


def standing_logs(entries: Iterable[tuple[int, Entry]]) -> list[tuple[int, Entry]]:
    """The time logs that were neither taken back nor put right since."""
    logged = [(index, entry) for index, entry in entries if entry.kind is Kind.TIME_LOGGED and entry.time]
    replaced = {entry.corrects for _, entry in logged}
    return [(index, entry) for index, entry in logged if index not in replaced and entry.time and not entry.time.withdrawn]


def hours_of(
    connection: Connection | Session, *, show: str, episode: str | None = None, steps: Sequence[tuple[str, Role]] = ()
) -> list[Hours]:
    """Hours by step and role.

    Args:
        connection: of the record.
        show: the show's name.
        episode: one episode's code; None for all.
        steps: steps and roles that are told even when nobody logged anything.
    """
    found = [entry for _, entry in standing_logs(log.read(connection, show=show, kinds=[Kind.TIME_LOGGED]))]
    if episode is not None:
        found = [entry for entry in found if entry.seq == episode]
    groups: dict[tuple[str, str], list[Entry]] = {(step, role.value): [] for step, role in steps}
    for entry in found:
        groups.setdefault((entry.step, entry.actor.role.value if entry.actor.role else ""), []).append(entry)
    return [_hours(step, role, logged) for (step, role), logged in sorted(groups.items())]


def hours_lines(hours: Sequence[Hours]) -> list[str]:
    """The hours in words, then what they do not say."""
    return [*map(_line, hours), *CAVEATS]


def _hours(step: str, role: str, logged: Sequence[Entry]) -> Hours:
    people = len({entry.actor.ref for entry in logged})
    told = people >= FEWEST
    times = [entry.time for entry in logged if entry.time]
    return Hours(
        step=step,
        role=role,
        people=people if told or not people else None,
        minutes=sum(each.minutes for each in times) if told else None,
        confirmed_minutes=sum(each.minutes for each in times if each.confirmed) if told else None,
        sources=tuple(sorted({each.source.value for each in times})),
    )


def _line(each: Hours) -> str:
    what = ", ".join(safe(name.replace("_", " ")) for name in (each.step, each.role) if name)
    if each.people == 0:
        return f"{what}: not logged"
    if each.minutes is None:
        return f"{what}: logged by fewer than {FEWEST} people, and not told"
    confirmed = clock(each.confirmed_minutes or 0)
    return f"{what}: {clock(each.minutes)} by {each.people} people, {confirmed} of it put down by themselves ({', '.join(each.sources)})"


def clock(minutes: int) -> str:
    """``12:05`` for 725 minutes."""
    return f"{minutes // 60}:{minutes % 60:02d}"
