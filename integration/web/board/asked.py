"""Which rows of the board somebody asks for, and what is shown of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from unicodedata import normalize
from urllib.parse import urlencode

from integration.web.board.rows import Row, State
from integration.web.sight import Sight

AT_ONCE = 100
"""Rows on a page."""
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A filter; what is empty filters nothing."""

    show: str = ""
    episode: str = ""
    person: str = ""
    """Reference of somebody it is with."""
    cut: str = ""
    """Part of a code."""
    state: State | None = None
    page: int = 1

    @property
    def query(self) -> str:
        """As it stands in an address, without the page."""
        told = {"show": self.show, "episode": self.episode, "person": self.person, "cut": self.cut, "state": self.state or ""}
        return urlencode({name: value for name, value in told.items() if value})

    def with_state(self, state: State | None) -> "Asked":
        """The same for another state, from its first page."""
        return replace(self, state=state, page=1)

    def fits(self, row: Row, refs: frozenset[str]) -> bool:
        """Whether a row is asked for, whatever its state; `refs` are all references of `person`."""
        return (
            (not self.show or row.show == self.show)
            and (not self.episode or row.episode == self.episode)
            and (not self.cut or self.cut in row.code.casefold() or self.cut in row.shot.casefold())
            and (not self.person or not refs.isdisjoint(row.people))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a filter finds."""

    rows: Sequence[Row]
    """Of the page."""
    first: int
    """Number of the first of them, from 1; 0 when there are none."""
    count: int
    """How many there are on all pages."""
    page: int
    pages: int
    """At least 1."""
    states: Mapping[State, int] | None
    """How many are in each state; None where one person's are asked for, for nobody is counted."""


def asked_of(query: Mapping[str, str], sight: Sight) -> Asked:
    """What an address asks for; what cannot be, or is not theirs to ask, filters nothing."""
    told = {name: normalize("NFC", query.get(name, "")[:_LONGEST]).strip() for name in ("show", "episode", "cut", "person")}
    person = told["person"] if sight.others or told["person"] in sight.own else ""
    page = query.get("page", "")
    return Asked(
        show=told["show"],
        episode=told["episode"],
        person=person,
        cut=told["cut"].casefold(),
        state=next((state for state in State if state.value == query.get("state")), None),
        page=int(page) if page.isascii() and page.isdecimal() and 0 < len(page) < 7 else 1,
    )


def found_of(rows: Sequence[Row], asked: Asked, sight: Sight, refs: frozenset[str]) -> Found:
    """The rows asked for, of those that may be seen; a page past the end is the last."""
    theirs = [row for row in rows if sight.sees(row.show) and asked.fits(row, refs)]
    states = None if asked.person else Counter(row.state for row in theirs)
    fitting = [row for row in theirs if row.state is asked.state] if asked.state else theirs
    pages = max(1, -(-len(fitting) // AT_ONCE))
    page = min(max(1, asked.page), pages)
    shown = fitting[(page - 1) * AT_ONCE : page * AT_ONCE]
    first = (page - 1) * AT_ONCE + 1 if shown else 0
    return Found(rows=shown, first=first, count=len(fitting), page=page, pages=pages, states=states)
