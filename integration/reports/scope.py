"""What a report is about: a show, an episode of it, some of its cuts, some months."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from integration.ledger import tables
from integration.reports.facts import facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which entries a report reads. Everything given must hold."""

    show: str
    episode: str = ""
    """Code of the episode, or of the sequence where a show has no episodes; empty: all."""
    shots: tuple[str, ...] = ()
    """Codes of cuts; empty: all."""
    first: date | None = None
    """First day of the first month; None: from the beginning."""
    last: date | None = None
    """First day of the last month, which is told whole; None: to the end."""


def entries_of(scope: Scope, *, since_ms: int | None = None, until_ms: int | None = None) -> sa.ColumnElement[bool]:
    """The condition on `facts` that holds for the entries `scope` reads.

    Args:
        scope: show, episode and cuts; what concerns a whole show (an approval, the policy) has no episode and is left out of one.
        since_ms: the months' beginning in the studio's clock, UTC milliseconds, or None.
        until_ms: the millisecond after their end, or None.
    """
    told = [facts.c.show == scope.show]
    if scope.episode:
        told.append(facts.c.seq == scope.episode)
    if scope.shots:
        indexes = sa.select(tables.entry_shots.c.idx).where(tables.entry_shots.c.shot.in_(scope.shots))
        told.append(facts.c.idx.in_(indexes))
    if since_ms is not None:
        told.append(facts.c.at_ms >= since_ms)
    if until_ms is not None:
        told.append(facts.c.at_ms < until_ms)
    return sa.and_(*told)
