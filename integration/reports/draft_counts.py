"""How many drafts machines made, what became of them, and what the machines took for it."""

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger.vocabulary import Kind, Verdict
from integration.reports.facts import facts

HOUR_MS = 3_600_000
SAID = (Verdict.USED, Verdict.PARTLY_USED, Verdict.NOT_USED, Verdict.FROM_SCRATCH, Verdict.LAYOUT_ONLY)
"""What may be said of a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """Drafts by what became of them: each that was made stands once in `rejected`, `delivered` or neither; each delivered once below."""

    made: int
    rejected: int
    """By the quality gate; nobody was handed them."""
    delivered: int
    used: int
    """By the last word on each that was delivered, whenever it was said; so are the next four."""
    partly_used: int
    not_used: int
    from_scratch: int
    layout_only: int
    """Painted from the layout; the draft was not looked at."""
    nothing_said: int
    no_draft: int
    """Backgrounds painted from the layout for which no draft was wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What painting drafts took. It stands beside people's hours and is never set against them."""

    pictures: int
    untold: int
    """Pictures of which the record does not say how long they took."""
    render_ms: int
    """Of all the others."""
    watts: int
    """What a machine takes while it renders; 0: unknown."""
    hour_price: int
    """In whole smallest units of `currency`; 0: unknown."""
    currency: str

    @property
    def minutes(self) -> int | None:
        """Whole minutes, halves rounded up; None where no picture tells."""
        return self._of(60)

    @property
    def watt_hours(self) -> int | None:
        """Whole watt-hours, halves rounded up; None where nobody knows."""
        return self._of(self.watts) if self.watts else None

    @property
    def money(self) -> int | None:
        """Whole smallest units of `currency`, halves rounded up; None where nobody knows."""
        return self._of(self.hour_price) if self.hour_price else None

    def _of(self, each_hour: int) -> int | None:
        if self.pictures and self.pictures == self.untold:
            return None
        return (2 * self.render_ms * each_hour + HOUR_MS) // (2 * HOUR_MS)


def drafts_in(connection: Connection | Session, where: sa.ColumnElement[bool], *, show: str) -> Drafts:
    """The drafts among the entries of `show` for which `where` holds.

    What people say of a draft is looked for in the whole show: the last word holds, as told or as put right.
    """
    kinds = (Kind.DRAFT_RENDERED.value, Kind.DRAFT_REJECTED.value, Kind.DRAFT_DELIVERED.value)
    counts = sa.select(facts.c.kind, sa.func.count()).where(where, facts.c.kind.in_(kinds), ~facts.c.corrected).group_by(facts.c.kind)
    many = {kind: int(count) for kind, count in connection.execute(counts)}
    delivered = (where, facts.c.kind == Kind.DRAFT_DELIVERED.value, ~facts.c.corrected)
    by_version, by_picture = _words(connection, show)
    said: Counter[str] = Counter()
    for background, version, sha256 in connection.execute(sa.select(facts.c.background, facts.c.version, facts.c.sha256).where(*delivered)):
        said[by_version.get((background, version)) or by_picture.get((background, sha256)) or ""] += 1
    wanted_none = sa.select(sa.func.count(sa.distinct(facts.c.background))).where(
        where, *_OUTCOME, facts.c.version == "", facts.c.sha256 == ""
    )
    return Drafts(
        made=many.get(kinds[0], 0),
        rejected=many.get(kinds[1], 0),
        delivered=many.get(kinds[2], 0),
        **{verdict.value: said[verdict.value] for verdict in SAID},
        nothing_said=said[""],
        no_draft=int(connection.execute(wanted_none).scalar_one()),
    )


def machine_in(connection: Connection | Session, where: sa.ColumnElement[bool], *, watts: int, hour_price: int, currency: str) -> Machine:
    """What painting the pictures among the entries for which `where` holds took."""
    query = sa.select(sa.func.count(), sa.func.count(facts.c.render_ms), sa.func.coalesce(sa.func.sum(facts.c.render_ms), 0))
    pictures, told, render_ms = connection.execute(query.where(where, facts.c.kind == Kind.DRAFT_RENDERED.value, ~facts.c.corrected)).one()
    return Machine(
        pictures=int(pictures),
        untold=int(pictures) - int(told),
        render_ms=int(render_ms),
        watts=watts,
        hour_price=hour_price,
        currency=currency,
    )


_OUTCOME = (facts.c.kind == Kind.DRAFT_OUTCOME.value,)
_Words = dict[tuple[str, str], str]
"""The last word by background and Version, or background and picture."""


def _words(connection: Connection | Session, show: str) -> tuple[_Words, _Words]:
    columns = (facts.c.at_ms, facts.c.idx, facts.c.background, facts.c.version, facts.c.sha256, facts.c.verdict)
    said = [tuple(row) for row in connection.execute(sa.select(*columns).where(facts.c.show == show, *_OUTCOME))]
    wrong = facts.alias()
    again = sa.select(facts.c.at_ms, facts.c.idx, wrong.c.background, wrong.c.version, wrong.c.sha256, facts.c.verdict)
    again = again.join(wrong, wrong.c.idx == facts.c.corrects).where(facts.c.show == show, facts.c.kind == Kind.CORRECTION.value)
    put_right = again.where(facts.c.verdict != "", wrong.c.kind == Kind.DRAFT_OUTCOME.value)
    said += [tuple(row) for row in connection.execute(put_right)]
    by_version, by_picture = _Words(), _Words()
    for _, _, background, version, sha256, verdict in sorted(said):
        if version:
            by_version[background, version] = verdict
        elif sha256:
            by_picture[background, sha256] = verdict
    return by_version, by_picture
