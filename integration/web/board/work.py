"""What the record says of the work on each part of each background, folded from its facts as they come."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from integration.ledger.vocabulary import Kind
from integration.reports.facts import facts

Place = tuple[str, str, str]
"""Show, background and part."""


@dataclass(slots=True)
class Work:
    """The work on one part of a background. Times are UTC milliseconds, 0 where nothing is known."""

    episode: str = ""
    shot: str = ""
    """The first of its cuts, as the newest entry calls it."""
    round_key: str = ""
    """Name of the newest round in the record: a digest."""
    step: Kind | None = None
    """The newest of submitted, retake and approved."""
    step_ms: int = 0
    version: str = ""
    """The tracker's Version that `step` is about."""
    is_gone: bool = False
    """Whether that Version was deleted in the tracker."""
    by: str = ""
    """Reference of who handed the newest revision in."""
    to: str = ""
    """Reference of whom it was handed over to last: an artist, or an outside house."""
    told_ms: int = 0
    """When it was handed over, or something was last said of a draft."""


class WorkFollower:
    """Reads facts once and keeps what they come to. For one thread."""

    def __init__(self) -> None:
        self.works: dict[Place, Work] = {}
        self._size = 0

    def follow(self, connection: sa.Connection, size: int) -> None:
        """Take in the facts up to entry `size`; all of them anew when there are fewer than before."""
        if size < self._size:
            self.works, self._size = {}, 0
        while self._size < size:
            end = min(size, self._size + _AT_ONCE)
            for row in connection.execute(_FACTS, {"first": self._size, "end": end}):
                _take(self.works.setdefault((row.show, row.background, row.part or "BG"), Work()), row)
            self._size = end

    def places(self) -> Iterator[tuple[Place, Work]]:
        """Every part of every background."""
        yield from self.works.items()


_AT_ONCE = 50_000
_DECISIONS = (Kind.REVISION_SUBMITTED, Kind.REVISION_RETAKE, Kind.REVISION_APPROVED)
_READ = (
    *_DECISIONS,
    Kind.LAYOUT_APPROVED,
    Kind.LAYOUT_REOPENED,
    Kind.DRAFT_REQUESTED,
    Kind.DRAFT_REFUSED,
    Kind.DRAFT_OUTCOME,
    Kind.HANDOVER,
    Kind.VERSION_RETIRED,
    Kind.VERSION_REVIVED,
)
_FACTS = (
    sa.select(
        *(facts.c[name] for name in ("kind", "show", "seq", "shot", "background", "part", "actor", "to_ref", "at_ms", "version", "draft"))
    )
    .where(
        facts.c.idx >= sa.bindparam("first"),
        facts.c.idx < sa.bindparam("end"),
        facts.c.kind.in_([kind.value for kind in _READ]),
        facts.c.background != "",
    )
    .order_by(facts.c.idx)
)


def _take(work: Work, fact: Any) -> None:
    """Fold one fact in; they come in the record's order, which is nearly that of time."""
    work.episode, work.shot = fact.seq or work.episode, fact.shot or work.shot
    match fact.kind:
        case Kind.DRAFT_REQUESTED:
            work.round_key = fact.draft
        case Kind.DRAFT_OUTCOME:
            work.told_ms = max(work.told_ms, fact.at_ms)
        case Kind.HANDOVER if fact.to_ref:
            work.to, work.told_ms = fact.to_ref, max(work.told_ms, fact.at_ms)
        case Kind.VERSION_RETIRED | Kind.VERSION_REVIVED if fact.version == work.version:
            work.is_gone = fact.kind == Kind.VERSION_RETIRED
        case kind if kind in _DECISIONS and fact.at_ms >= work.step_ms:
            work.step, work.step_ms, work.is_gone = Kind(kind), fact.at_ms, False
            work.version = fact.version or work.version
            work.by = fact.actor if kind == Kind.REVISION_SUBMITTED else work.by
