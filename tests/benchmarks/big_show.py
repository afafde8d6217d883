"""A made show of many cuts with a hundred entries each: what the pages and reports are measured on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import sqlalchemy as sa

from integration import database
from integration.ledger import log, people
from integration.ledger.entry import Actor, Ai, Asset, Decision, Entry, Library, Time, TrackerRef, milliseconds, new_id
from integration.ledger.vocabulary import ActorKind, Kind, Role, TimeSource, Verdict
from integration.workflow.rounds import DraftState

SHOW = "海辺の町"
ENTRIES_EACH = 100
"""Entries of each cut."""
_BEGAN = datetime(2026, 1, 5, 1, tzinfo=UTC)
_SHOTS_IN_EPISODE = 400
_AT_ONCE = 50
_HOUSE = Ai(
    model_id="house", revision="1", licence="Apache-2.0", weights_sha256="9a" * 32, look_sha256="3c" * 32, scheduler="DDIMScheduler",
    steps=20, device="cpu", render_ms=14_000, libraries=(Library(name="diffusers", version="0.42.1"),),
)  # fmt: skip
_SCRIPT = Actor(kind=ActorKind.SCRIPT, role=Role.PIPELINE)
_OUTCOMES = (Verdict.USED, Verdict.PARTLY_USED, Verdict.NOT_USED, Verdict.FROM_SCRATCH)
_PEOPLE = 40


def fill(engine: sa.Engine, *, shots: int, site: str, project: str) -> int:
    """Write the show: its entries, its rounds of drafts; returns how many entries there are.

    Args:
        engine: of a database whose tables are made.
        shots: how many cuts, each with a background of its own, `ENTRIES_EACH` entries, and a round of drafts in one of seven states.
        site: the tracker's, as rounds name it.
        project: the show's id in the tracker.
    """
    with engine.begin() as connection:
        crew = [people.person_ref(connection, show=SHOW, person_id=f"HumanUser:{n}", name=f"背景 {n:02d}") for n in range(_PEOPLE)]
    for first in range(0, shots, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, shots))
        with engine.begin() as connection:
            told = [each for number in numbers for each in _entries(number, crew)]
            log.append_all(connection, [(f"big {entry.background} {n}", entry) for n, entry in enumerate(told)])
            connection.execute(sa.insert(database.drafts), [_round(number, site, project) for number in numbers])
    with engine.connect() as connection:
        return log.size(connection)


def _entries(number: int, crew: list[str]) -> Iterator[Entry]:
    """A cut's story: layout, drafts, then revisions and retakes with hours, some days apart."""
    began = _BEGAN + timedelta(minutes=17 * number)
    say = partial(_entry, number, began)
    layout, artist, director = (_person(crew, number + step, role) for step, role in _ROLES)
    yield say(0, Kind.LAYOUT_DRAWN, actor=layout, step="Layout", asset=_picture(number, 0))
    approved = Decision(verdict=Verdict.APPROVED, set_by=crew[0], decided_by=director.ref, status="apr")
    yield say(1, Kind.LAYOUT_APPROVED, actor=director, step="Layout", decision=approved)
    drafted = {"draft": f"draft:{number}", "round": 1, "step": "Background"}
    yield say(2, Kind.DRAFT_REQUESTED, actor=_SCRIPT, **drafted)
    for picture in (1, 2, 3):
        asset = _picture(number, picture)
        yield say(
            3 + picture, Kind.DRAFT_RENDERED, actor=Actor(kind=ActorKind.MACHINE, role=Role.RENDERER), asset=asset, ai=_HOUSE, **drafted
        )
        yield say(6 + picture, Kind.DRAFT_DELIVERED, actor=_SCRIPT, asset=asset, tracker=_version(number, picture), **drafted)
    outcome = Decision(verdict=_OUTCOMES[number % 4], set_by=artist.ref)
    yield say(10, Kind.DRAFT_OUTCOME, actor=artist, asset=_picture(number, 1), decision=outcome, tracker=_version(number, 1), **drafted)
    for turn in range((ENTRIES_EACH - 10) // 3):
        hour = 20 + 7 * turn
        logged = Time(minutes=30 + turn, source=TimeSource.TRACKER, confirmed=turn % 3 > 0)
        yield say(hour, Kind.TIME_LOGGED, actor=_person(crew, number + turn, Role.BACKGROUND_ARTIST), step="Background", time=logged)
        asset = _picture(number, 10 + turn)
        version = _version(number, 10 + turn)
        yield say(hour + 1, Kind.REVISION_SUBMITTED, actor=artist, step="Background", asset=asset, tracker=version)
        final = turn == (ENTRIES_EACH - 10) // 3 - 1 and number % 7 == 0
        kind, verdict = (Kind.REVISION_APPROVED, Verdict.APPROVED) if final else (Kind.REVISION_RETAKE, Verdict.RETAKE)
        told = Decision(verdict=verdict, set_by=director.ref, decided_by=director.ref if final else "")
        yield say(hour + 2, kind, actor=director, step="Background", asset=asset, tracker=version, decision=told)


_ROLES = ((0, Role.LAYOUT_ARTIST), (7, Role.BACKGROUND_ARTIST), (13, Role.ART_DIRECTOR))


def _person(crew: list[str], number: int, role: Role) -> Actor:
    return Actor(kind=ActorKind.HUMAN, ref=crew[number % _PEOPLE], role=role)


def _picture(number: int, picture: int) -> Asset:
    digest = f"{number:032x}{picture:032x}"
    return Asset(sha256=digest, pixel_sha256=digest, media_type="image/png", width_px=1920, height_px=1080, size_bytes=3_900_000)


def _version(number: int, picture: int) -> TrackerRef:
    return TrackerRef(
        type="shotgrid", site_hash="79" * 32, entity_type="Shot", entity_id=str(number), version_id=str(100 * number + picture)
    )


def _entry(number: int, began: datetime, hours: int, kind: Kind, **told: object) -> Entry:
    at = began + timedelta(hours=hours)
    place = {"show": SHOW, "seq": f"ep{number // _SHOTS_IN_EPISODE:02d}", "shots": (f"c{number:05d}",), "background": f"Shot:{number}"}
    return Entry(id=new_id(at), kind=kind, at_ms=milliseconds(at), recorded_ms=milliseconds(at), part="BG", **place, **told)  # type: ignore[arg-type]


_STATES = tuple(DraftState)


def _round(number: int, site: str, project: str) -> dict[str, object]:
    now = milliseconds(_BEGAN) + number
    return {
        "key": f"draft:{number}", "site": site, "project": project, "background": f"Shot:{number}", "part": "BG", "round": 1,
        "code": f"c{number:05d}", "layout_task": f"{number}", "genzu_version": f"{number}", "genzu_sha256": f"{number:032x}{0:032x}",
        "because": f"event {number}", "approved_order": number, "approved_ms": now, "wanted": True,
        "state": _STATES[number % len(_STATES)], "reason": "", "attempt": 1, "renders": 3, "review_task": f"{number}",
        "render_started_ms": now, "created_ms": now, "changed_ms": now,
    }  # fmt: skip
