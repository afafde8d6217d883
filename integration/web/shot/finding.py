"""Which cut somebody means: its code alone, or with show and episode; only among the shows they may see."""

from dataclasses import dataclass
from unicodedata import normalize

import sqlalchemy as sa

from integration.ledger import tables
from integration.ledger.vocabulary import Kind
from integration.reports.facts import facts
from integration.web.sight import Sight

MOST_NAMES = 50
_LONGEST = 200
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Cut:
    """One cut of one show."""

    show: str
    episode: str
    """Empty where the show has none."""
    code: str


def cuts_called(connection: sa.Connection, sight: Sight, *, code: str, show: str = "", episode: str = "") -> list[Cut]:
    """The cuts of this code that fit what else is said, in order; those of other people's shows are not there."""
    code, show, episode = (normalize("NFC", text[:_LONGEST]) for text in (code, show, episode))
    named = tables.entry_shots
    query = sa.select(facts.c.show, facts.c.seq).join(named, named.c.idx == facts.c.idx).where(named.c.shot == code).distinct()
    places = {(str(row.show), str(row.seq)) for row in connection.execute(query) if sight.sees(row.show) and show in ("", row.show)}
    in_episodes = {place[0] for place in places if place[1]}
    meant = [place for place in places if place[1] or place[0] not in in_episodes]
    return sorted(Cut(show=place[0], episode=place[1], code=code) for place in meant if episode in ("", place[1]))


def names_since(connection: sa.Connection, cut: Cut, backgrounds: tuple[str, ...]) -> tuple[str, ...]:
    """What the cuts of its backgrounds are called now, where `cut` is not among them any more; empty where it is."""
    now = set[str]()
    for background in backgrounds:
        newest = connection.execute(
            sa.select(sa.func.max(facts.c.idx)).where(facts.c.show == cut.show, facts.c.background == background, facts.c.shot != "")
        ).scalar()
        now |= set(connection.execute(sa.select(tables.entry_shots.c.shot).where(tables.entry_shots.c.idx == newest)).scalars())
    return () if cut.code in now else tuple(sorted(now))[:MOST_NAMES]


def names_before(connection: sa.Connection, cut: Cut, backgrounds: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
    """What its backgrounds' cuts were called in earlier entries and are not called `now`."""
    query = (
        sa.select(tables.entry_shots.c.shot)
        .join(facts, facts.c.idx == tables.entry_shots.c.idx)
        .where(facts.c.show == cut.show, facts.c.background.in_(backgrounds))
        .distinct()
    )
    return tuple(sorted(set(connection.execute(query).scalars()) - {cut.code, *now}))[:MOST_NAMES]


def entries_of(connection: sa.Connection, cut: Cut) -> tuple[list[int], list[int]]:
    """Indexes of the entries that name the cut, and of the corrections of those that do not name it themselves."""
    named = tables.entry_shots
    query = sa.select(facts.c.idx).join(named, named.c.idx == facts.c.idx).where(named.c.shot == cut.code, facts.c.show == cut.show)
    if cut.episode:
        query = query.where(facts.c.seq.in_(["", cut.episode]))
    own = set(connection.execute(query).scalars())
    found, newest = set[int](), own
    while newest:
        newest = _corrections_of(connection, cut.show, newest) - own - found
        found |= newest
    return sorted(own), sorted(found)


def _corrections_of(connection: sa.Connection, show: str, indexes: set[int]) -> set[int]:
    wanted, found = sorted(indexes), set[int]()
    for first in range(0, len(wanted), _AT_ONCE):
        about = facts.c.corrects.in_(wanted[first : first + _AT_ONCE])
        query = sa.select(facts.c.idx).where(facts.c.show == show, facts.c.kind == Kind.CORRECTION.value, about)
        found |= set(connection.execute(query).scalars())
    return found
