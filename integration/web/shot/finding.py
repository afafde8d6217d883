"""Which cut somebody means: its code alone, or with show and episode; only among the shows they may see."""

from dataclasses import dataclass
from unicodedata import normalize

import sqlalchemy as sa

from integration.ledger import tables
from integration.reports.facts import facts
from integration.web.sight import Sight

MOST_NAMES = 50
_LONGEST = 200


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


def entries_of(connection: sa.Connection, cut: Cut) -> list[int]:
    """Indexes of every entry that names the cut, and of corrections of those."""
    named = tables.entry_shots
    query = sa.select(facts.c.idx).join(named, named.c.idx == facts.c.idx).where(named.c.shot == cut.code, facts.c.show == cut.show)
    if cut.episode:
        query = query.where(facts.c.seq.in_(["", cut.episode]))
    own = set(connection.execute(query).scalars())
    return sorted(own | set(corrections_among(connection, cut.show, own)))


def corrections_among(connection: sa.Connection, show: str, known: set[int]) -> list[int]:
    """Indexes of the show's corrections of `known`, and of those in turn."""
    query = sa.select(facts.c.idx, facts.c.corrects).where(facts.c.show == show, facts.c.kind == "correction").order_by(facts.c.idx)
    found, reached = [], set(known)
    for row in connection.execute(query):
        if row.corrects in reached and row.idx not in reached:
            reached.add(row.idx)
            found.append(int(row.idx))
    return found
