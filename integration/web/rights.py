"""Who may see and do what on the pages: one table."""

from collections.abc import Iterable
from enum import StrEnum


class WebRole(StrEnum):
    """What somebody is to the pages; one person may be several."""

    COORDINATOR = "coordinator"
    ARTIST = "artist"
    ART_DIRECTOR = "art_director"
    MANAGEMENT = "management"
    AUDITOR = "auditor"
    """From outside: one show, read only, for some days."""


class Act(StrEnum):
    """Something that may be opened or done."""

    BOARD = "board"
    FILTER_BY_PERSON = "filter by person"
    """Of the board; whoever hands out work must."""
    SHOT = "shot"
    OWN_RECORD = "own record"
    CREDITS = "credits"
    LABOUR = "labour"
    DISCLOSURE = "disclosure"
    """With the sheets that help to prepare others: authorship, streamer, tier."""
    OPERATIONS = "operations"


_C, _A, _D, _M, _X = WebRole.COORDINATOR, WebRole.ARTIST, WebRole.ART_DIRECTOR, WebRole.MANAGEMENT, WebRole.AUDITOR

MAY: dict[Act, frozenset[WebRole]] = {
    Act.BOARD: frozenset({_C, _A, _D, _M, _X}),
    Act.FILTER_BY_PERSON: frozenset({_C, _D}),
    Act.SHOT: frozenset({_C, _A, _D, _M, _X}),
    Act.OWN_RECORD: frozenset({_C, _A, _D, _M}),
    Act.CREDITS: frozenset({_C, _A, _D, _M, _X}),
    Act.LABOUR: frozenset({_M, _X}),
    Act.DISCLOSURE: frozenset({_C, _D, _M, _X}),
    Act.OPERATIONS: frozenset({_C, _M}),
}
"""Nobody but the person opens what is recorded of one person; their hours are told to no role."""

REPORT_ACTS: dict[str, Act] = {
    "credits": Act.CREDITS,
    "labour": Act.LABOUR,
    "disclosure": Act.DISCLOSURE,
    "authorship": Act.DISCLOSURE,
    "streamer": Act.DISCLOSURE,
    "tier": Act.DISCLOSURE,
}
"""What it takes to see each report, by its code."""

EVERY_SHOW = frozenset({_C, _D, _M})
"""Roles that see every show; an artist sees those the record knows them in, an auditor the one of their link."""


def may(roles: Iterable[WebRole], act: Act) -> bool:
    """Whether somebody who is all of `roles` may do `act`."""
    return not MAY[act].isdisjoint(roles)
