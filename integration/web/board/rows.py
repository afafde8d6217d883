"""The state of every part of every background: of its round of drafts, of what holds it, and of the work on it, the newest that counts."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any
from unicodedata import normalize

import sqlalchemy as sa

from integration.database import drafts, handed
from integration.ledger import tables
from integration.ledger.vocabulary import Kind
from integration.web.board.work import Place, Work
from integration.workflow import rounds, withdrawal
from integration.workflow.rounds import DraftState, HeldLayout


class State(StrEnum):
    """Where a background is on its way, in the order of the way."""

    WAITING = "waiting"
    """Something is missing, or the layout is not approved any more."""
    REFUSED = "refused"
    """No draft may or can be made of it; it can be painted by hand."""
    STOPPED = "stopped"
    """A round failed; a pipeline TD must look."""
    QUEUED = "queued"
    RENDERING = "rendering"
    DELIVERED = "delivered"
    """Drafts stand on the review task, and nobody is on it."""
    WITH_ARTIST = "with_artist"
    """Somebody is on it, or it was handed in and not decided yet."""
    RETAKE = "retake"
    FINAL = "final"
    OMITTED = "omitted"
    """The cut is not made after all."""


class Told(StrEnum):
    """What haikei adds to a state."""

    NOTHING = ""
    REOPENED = withdrawal.REOPENED.code
    REPLACED = withdrawal.REPLACED.code
    PART_GONE = withdrawal.PART_GONE.code
    LAYOUT_GONE = withdrawal.GONE.code
    NEW_ROUND = withdrawal.ASKED.code
    OMITTED = withdrawal.OMITTED.code
    NOT_ALLOWED = withdrawal.NOT_ALLOWED.code
    HANDED_IN = "handed_in"
    NO_DRAFT = "no_draft"
    DELETED = "deleted"
    DELIVERING = "delivering"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One part of one background."""

    show: str
    """As the record writes it; the tracker's id where the record knows nothing of it yet."""
    episode: str
    code: str
    """What people call the background."""
    shot: str
    """The first of its cuts; empty where none is recorded."""
    background: str
    part: str
    state: State
    since_ms: int
    """UTC milliseconds; 0 where nobody knows."""
    reason: str = ""
    """A sentence from the policy, the genzu's check or the tracker; foreign text."""
    told: Told = Told.NOTHING
    round: int = 0
    """0 where no drafts were asked for."""
    render_keys: tuple[str, ...] = ()
    """What to ask for progress by, the newest first; empty unless it is being painted."""
    people: tuple[str, ...] = ()
    """References of those it is with, or who handed it in last."""


class RowMaker:
    """Makes rows of what changed in haikei's tables. For one thread."""

    def __init__(self, shows: Mapping[str, str]) -> None:
        """Begin.

        Args:
            shows: names of shows by the tracker's id of the project, as far as they are known.
        """
        self._shows = dict(shows)

    def rows(self, connection: sa.Connection, works: Iterable[tuple[Place, Work]]) -> list[Row]:
        """Every row, in the order of the show: episode, cut, part, numbers as numbers."""
        known = dict(works)
        found = self._rounds(connection, known)
        held, on_task = self._held(connection), _on_task(connection)
        made = {}
        for place in {**known, **found}:
            hold = held.pop(place[:2], None) if place[2] == "BG" else None
            made[place] = _row(place, known.get(place, Work()), found.get(place), hold, on_task)
        for (show, background), hold in held.items():
            made[show, background, "BG"] = _row((show, background, "BG"), Work(), None, hold, on_task)
        return sorted(made.values(), key=_order)

    def _rounds(self, connection: sa.Connection, known: Mapping[Place, Work]) -> dict[Place, Any]:
        """The newest round of each part."""
        shows = {work.round_key: place[0] for place, work in known.items() if work.round_key}
        found = {}
        for row in connection.execute(_ROUNDS):
            show = shows.get(_digest(row.key))
            if show is not None:
                self._shows[row.project] = show
            found[self._show(row.project), row.background, row.part] = row
        return found

    def _show(self, project: str) -> str:
        return normalize("NFC", self._shows.get(project, project))

    def _held(self, connection: sa.Connection) -> dict[tuple[str, str], HeldLayout]:
        """By show and background, the layout task where it hangs on none."""
        found = {}
        for layout in rounds.every_held(connection):
            found[self._show(layout.project), layout.background or f"Task:{layout.layout_task}"] = layout
        return found


_COLUMNS = ("key", "site", "project", "background", "part", "round", "code", "state", "reason", "renders", "created_ms", "changed_ms")
_ROUNDS = sa.select(*(drafts.c[name] for name in _COLUMNS)).order_by(drafts.c.round)
_WORK = {Kind.REVISION_SUBMITTED: State.WITH_ARTIST, Kind.REVISION_RETAKE: State.RETAKE, Kind.REVISION_APPROVED: State.FINAL}
_UNDER_WAY = {
    DraftState.QUEUED: (State.QUEUED, Told.NOTHING),
    DraftState.RENDERING: (State.RENDERING, Told.NOTHING),
    DraftState.DELIVERING: (State.RENDERING, Told.DELIVERING),
    DraftState.FAILED: (State.STOPPED, Told.NOTHING),
    DraftState.REFUSED: (State.REFUSED, Told.NOTHING),
}
_REFUSALS = {"policy", "look", "provenance"}
_WITHDRAWN = {
    withdrawal.OMITTED.code: State.OMITTED,
    withdrawal.PART_GONE.code: State.OMITTED,
    withdrawal.NOT_ALLOWED.code: State.REFUSED,
    withdrawal.NO_DRAFT.code: State.WITH_ARTIST,
}


@dataclass(frozen=True, slots=True)
class _Standing:
    state: State
    since_ms: int
    reason: str = ""
    told: Told = Told.NOTHING


def _row(place: Place, work: Work, row: Any, hold: HeldLayout | None, on_task: Mapping[str, list[tuple[str, str]]]) -> Row:
    show, background, part = place
    people = [ref for of_show, ref in on_task.get(row.key, ()) if of_show == show] if row is not None else []
    standing = _standing(work, row, hold, is_with_somebody=bool(people))
    with_whom = [work.by] if standing.state in (State.RETAKE, State.FINAL) or standing.told is Told.HANDED_IN else people or [work.to]
    return Row(
        show=show,
        episode=work.episode,
        code=(row.code if row is not None else hold.code if hold and not work.shot else "") or work.shot or background,
        shot=work.shot,
        background=background,
        part=part,
        state=standing.state,
        since_ms=standing.since_ms,
        reason=standing.reason,
        told=standing.told,
        round=row.round if row is not None else 0,
        render_keys=_render_keys(row) if standing.state is State.RENDERING else (),
        people=tuple(filter(None, with_whom)) if standing.state in _WITH_PEOPLE else (),
    )


_WITH_PEOPLE = (State.WITH_ARTIST, State.RETAKE, State.FINAL)


def _standing(work: Work, row: Any, hold: HeldLayout | None, *, is_with_somebody: bool) -> _Standing:
    drafted = _drafted(work, row, hold, is_with_somebody)
    began_ms = max(row.created_ms if row is not None else 0, hold.since_ms if hold else 0)
    if row is not None and row.state in (DraftState.SUPERSEDED, DraftState.CANCELLED):
        began_ms = max(began_ms, row.changed_ms)
    if work.step is None or work.step_ms < began_ms:
        return drafted
    if work.is_gone:
        return _Standing(State.WITH_ARTIST, work.step_ms, told=Told.DELETED)
    told = Told.HANDED_IN if work.step is Kind.REVISION_SUBMITTED else Told.NOTHING
    return _Standing(_WORK[work.step], work.step_ms, told=told)


def _drafted(work: Work, row: Any, hold: HeldLayout | None, is_with_somebody: bool) -> _Standing:
    """The state as the drafts have it, before anybody painted."""
    if hold is not None and (row is None or row.state not in rounds.UNDER_WAY):
        return _of_hold(hold)
    if row is None:
        return _Standing(State.WITH_ARTIST, work.told_ms) if work.told_ms else _Standing(State.WAITING, 0)
    if row.state in _UNDER_WAY:
        state, told = _UNDER_WAY[row.state]
        return _Standing(state, row.changed_ms, reason=row.reason, told=told)
    if row.state == DraftState.DELIVERED:
        is_taken = is_with_somebody or work.told_ms >= row.created_ms
        return _Standing(State.WITH_ARTIST if is_taken else State.DELIVERED, row.changed_ms)
    why = withdrawal.why_of(row).code
    return _Standing(
        _WITHDRAWN.get(why, State.WAITING), row.changed_ms, told=Told.NO_DRAFT if why == withdrawal.NO_DRAFT.code else Told(why)
    )


def _of_hold(layout: HeldLayout) -> _Standing:
    if layout.kind == "no_draft":
        return _Standing(State.WITH_ARTIST, layout.since_ms, told=Told.NO_DRAFT)
    return _Standing(State.REFUSED if layout.kind in _REFUSALS else State.WAITING, layout.since_ms, reason=layout.reason)


def _on_task(connection: sa.Connection) -> dict[str, list[tuple[str, str]]]:
    """By round, show and reference of everybody on its review task when we looked last."""
    person = tables.people
    query = sa.select(handed.c.draft, person.c.show, person.c.ref).join(person, person.c.tracker_person_id == handed.c.person)
    found: dict[str, list[tuple[str, str]]] = {}
    for draft, show, ref in connection.execute(query.where(handed.c.on_task)):
        found.setdefault(draft, []).append((show, ref))
    return found


def _render_keys(row: Any) -> tuple[str, ...]:
    key = row.key if row.renders == 1 else f"{row.key}~{row.renders}"
    return (rounds.second_of(key), key)


@lru_cache(maxsize=100_000)
def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _order(row: Row) -> tuple[object, ...]:
    return (row.show, *(_natural(text) for text in (row.episode, row.code)), row.part != "BG", row.part, row.background)


@lru_cache(maxsize=100_000)
def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """``c2`` before ``c10``."""
    return tuple(_piece(piece) for piece in re.findall(r"[0-9]{1,18}|[^0-9]+|[0-9]+", text[:100].casefold()))


def _piece(piece: str) -> tuple[int, int, str]:
    return (0, int(piece), piece) if piece.isascii() and piece.isdecimal() and len(piece) <= 18 else (1, 0, piece)
