"""Rows of ftrack's histories, and facts of its hub, to our events. Pure."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integration.events import (
    BackgroundStatusChanged,
    NoteAttached,
    NoteCreated,
    OutcomeSaid,
    TaskAssigneesChanged,
    TaskStatusChanged,
    TimeLogged,
    TrackerEvent,
    VersionCreated,
    VersionMediaUploaded,
    VersionRetired,
    VersionStatusChanged,
)
from integration.production import BackgroundId, EventId, NoteId, Person, ProjectId, TaskId, TimeLogId, VersionId
from integration.tracker.ftrack.chains import in_chain
from integration.tracker.ftrack.hub_facts import Fact
from integration.tracker.ftrack.query_text import is_id
from integration.tracker.ftrack.records import BACKGROUNDS, OUTCOME, at, media_of, project_of, project_of_version
from integration.tracker.ftrack.spelling import Spelling

Record = Mapping[str, Any]
_MADE, _VERSION, _MEDIA, _NOTE, _FILE, _STATUS, _SAID, _GONE = range(8)
"""What may be said of one second, in the order in which people do it: hand in, then set a status."""
_PLACES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a site was asked and answered about one stretch of time."""

    made: Sequence[Record] = ()
    """Tasks, Shots and Asset Builds made in it."""
    status_changes: Sequence[Record] = ()
    """Of contexts, as the site gives them."""
    version_status_changes: Sequence[Record] = ()
    versions: Sequence[Record] = ()
    """Made in it."""
    notes: Sequence[Record] = ()
    """Written in it."""
    time_logs: Sequence[Record] = ()
    """Begun in it, and those that `facts` name."""
    facts: Sequence[Fact] = ()
    """What the hub told."""
    note_projects: Mapping[str, str] = field(default_factory=dict)
    """The id of the project each Note stands in, by its own."""
    components: Mapping[str, Record] = field(default_factory=dict)
    """What `facts` name, by id; with the Version each belongs to."""
    note_of: Mapping[str, str] = field(default_factory=dict)
    """The Note that a component hangs on, by the component's id."""
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Type and project of entities that are deleted since, by id."""
    people: Mapping[str, Person] = field(default_factory=dict)
    """Everybody named, by id."""


def events_of(told: Told, spelling: Spelling) -> list[TrackerEvent]:
    """Everything that happened, each once, in the order in which it happened as nearly as it can be told."""
    found: dict[str, TrackerEvent] = {}
    for event in (
        *_made(told, spelling),
        *_versions(told),
        *_notes(told),
        *_statuses(told, spelling),
        *_version_statuses(told, spelling),
        *_time(told),
        *_heard(told),
    ):
        found.setdefault(event.event_id, event)
    return sorted(found.values(), key=lambda event: event.order)


def ids_of_note(row: Record) -> list[str]:
    """The ids of the events that a Note's row stands for."""
    return [f"note:{row['id']}", *(f"file:{file.get('component_id')}" for file in row.get("note_components") or ())]


def people_in(told: Told) -> set[str]:
    """Ids of everybody whom `told` names."""
    rows = (*told.status_changes, *told.version_status_changes, *told.versions, *told.notes, *told.time_logs)
    named = (
        {str(row.get("user_id")) for row in rows} | {str(row.get("created_by_id")) for row in told.made} | {fact.by for fact in told.facts}
    )
    return {one for one in named if is_id(one)}


def _happened(told: Told, event_id: str, moment: datetime, kind: int, project: str, by: Any, place: int = 0) -> dict[str, Any]:
    second = int(moment.timestamp())
    return {
        "event_id": EventId(event_id),
        "order": (second * 10 + kind) * _PLACES + min(place, _PLACES - 1),
        "at": moment,
        "project": ProjectId(project),
        "by": told.people.get(str(by)),
    }


def _made(told: Told, spelling: Spelling) -> Iterator[TrackerEvent]:
    """What was made with a status: the one that its first change left, or the one it has."""
    first: dict[str, Record] = {}
    for row in _in_order(told.status_changes):
        first.setdefault(str(row.get("parent_id")), row)
    for place, row in _numbered(told.made, "created_at"):
        number, kind = str(row["id"]), row.get("__entity_type__")
        left = (first.get(number) or {}).get("from_status")
        status = spelling.status(_name(left or row.get("status")))
        if not status or not row.get("project_id"):
            continue
        happened = _happened(
            told, f"made:{number}", at(row.get("created_at")), _MADE, str(row["project_id"]), row.get("created_by_id"), place
        )
        if kind == "Task":
            yield TaskStatusChanged(**happened, task=TaskId(number), old=None, new=status)
        elif kind in BACKGROUNDS:
            yield BackgroundStatusChanged(**happened, background=BackgroundId(f"{kind}:{number}"), old=None, new=status)


def _statuses(told: Told, spelling: Spelling) -> Iterator[TrackerEvent]:
    for place, row in _numbered(_in_order(told.status_changes), "date"):
        number, parent = str(row.get("parent_id")), row.get("parent")
        kind, project = (
            (parent.get("__entity_type__"), str(parent.get("project_id") or "")) if parent else told.places.get(number, ("", ""))
        )
        old, new = spelling.status(_name(row.get("from_status"))), spelling.status(_name(row.get("status")))
        if not project or not new or not old or old == new:
            continue
        happened = _happened(told, f"status:{row['id']}", at(row.get("date")), _STATUS, project, row.get("user_id"), place)
        if kind == "Task":
            yield TaskStatusChanged(**happened, task=TaskId(number), old=old, new=new)
        elif kind in BACKGROUNDS:
            yield BackgroundStatusChanged(**happened, background=BackgroundId(f"{kind}:{number}"), old=old, new=new)


def _version_statuses(told: Told, spelling: Spelling) -> Iterator[TrackerEvent]:
    for place, row in _numbered(_in_order(told.version_status_changes), "date"):
        number, parent = str(row.get("parent_id")), row.get("parent") or {}
        project = project_of_version(parent) or told.places.get(number, ("", ""))[1]
        old, new = spelling.status(_name(row.get("from_status"))), spelling.status(_name(row.get("status")))
        if project and new and old != new:
            happened = _happened(told, f"status:{row['id']}", at(row.get("date")), _STATUS, project, row.get("user_id"), place)
            yield VersionStatusChanged(**happened, version=VersionId(number), old=old or None, new=new)


def _versions(told: Told) -> Iterator[TrackerEvent]:
    for place, row in _numbered(told.versions, "date"):
        number, project, moment = str(row["id"]), project_of_version(row), at(row.get("date"))
        if not project:
            continue
        yield VersionCreated(
            **_happened(told, f"version:{number}", moment, _VERSION, project, row.get("user_id"), place), version=VersionId(number)
        )
        if media := media_of(row.get("components") or ()):
            happened = _happened(told, f"media:{media.id}", moment, _MEDIA, project, row.get("user_id"), place)
            yield VersionMediaUploaded(**happened, version=VersionId(number))


def _notes(told: Told) -> Iterator[TrackerEvent]:
    for place, row in _numbered(told.notes, "date"):
        number, moment = str(row["id"]), at(row.get("date"))
        project = told.note_projects.get(number)
        if not project:
            continue
        yield NoteCreated(**_happened(told, f"note:{number}", moment, _NOTE, project, row.get("user_id"), place), note=NoteId(number))
        for file in row.get("note_components") or ():
            happened = _happened(told, f"file:{file.get('component_id')}", moment, _FILE, project, row.get("user_id"), place)
            yield NoteAttached(**happened, note=NoteId(number))


def _time(told: Told) -> Iterator[TrackerEvent]:
    """A time log says neither when it was written nor what was changed: its content is the fact."""
    said = {fact.entity: fact for fact in told.facts if fact.kind == "Timelog"}
    for row in told.time_logs:
        number, project = str(row["id"]), project_of(row.get("context") or {})
        fact = said.get(number)
        if not project:
            continue
        content = "|".join(str(row.get(name)) for name in ("start", "duration", "user_id", "context_id"))
        digest = hashlib.blake2b(content.encode(), digest_size=6).hexdigest()
        moment, by = (fact.at, fact.by) if fact else (at(row.get("start")), row.get("user_id"))
        yield TimeLogged(**_happened(told, f"time:{number}:{digest}", moment, _SAID, project, by), time_log=TimeLogId(number))


def _heard(told: Told) -> Iterator[TrackerEvent]:
    seconds: Counter[int] = Counter()
    for fact in told.facts:
        second = int(fact.at.timestamp())
        event = _fact(told, fact, seconds[second])
        seconds[second] += 1
        if event is not None:
            yield event


def _fact(told: Told, fact: Fact, place: int) -> TrackerEvent | None:
    match fact.kind, fact.action:
        case "AssetVersion", "remove" if fact.project and is_id(fact.entity):
            return VersionRetired(**_said(told, fact, f"gone:{fact.entity}", _GONE, place), version=VersionId(fact.entity))
        case "AssetVersion", "update" if fact.project and is_id(fact.entity):
            return _outcome(told, fact, place)
        case "Timelog", "remove" if fact.project and is_id(fact.entity):
            return TimeLogged(**_said(told, fact, f"time:{fact.entity}:gone", _GONE, place), time_log=TimeLogId(fact.entity))
        case "Appointment", _:
            task = fact.parents.get("Task") or fact.value("context_id", "contextid")
            if not task or not fact.project:
                return None
            return TaskAssigneesChanged(**_said(told, fact, f"people:{fact.event}:{task}", _SAID, place), task=TaskId(task))
        case "NoteComponent", "add":
            return _drawn(told, fact, fact.value("component_id", "componentid"), place)
        case kind, _ if kind.endswith("Component") and fact.action != "remove":
            return _media(told, fact, place) or _drawn(told, fact, fact.entity, place)
    return None


def _said(told: Told, fact: Fact, event_id: str, kind: int, place: int) -> dict[str, Any]:
    return _happened(told, event_id, fact.at, kind, fact.project, fact.by, place)


def _outcome(told: Told, fact: Fact, place: int) -> OutcomeSaid | None:
    old, new = fact.changes.get(OUTCOME, (None, None))
    if not isinstance(new, str) or not new.strip() or old == new:
        return None
    return OutcomeSaid(
        **_said(told, fact, f"said:{fact.event}:{fact.entity}", _SAID, place), version=VersionId(fact.entity), said=new.strip()
    )


def _media(told: Told, fact: Fact, place: int) -> VersionMediaUploaded | None:
    """Only the component that is the Version's file counts: not what the site makes of it."""
    version = (told.components.get(fact.entity) or {}).get("version") or {}
    media, project = media_of(version.get("components") or ()), project_of_version(version)
    if media is None or media.id != fact.entity or not project:
        return None
    return VersionMediaUploaded(
        **_happened(told, f"media:{fact.entity}", fact.at, _MEDIA, project, fact.by, place), version=VersionId(str(version["id"]))
    )


def _drawn(told: Told, fact: Fact, component: str, place: int) -> NoteAttached | None:
    note = told.note_of.get(component, "")
    project = told.note_projects.get(note)
    if not project:
        return None
    return NoteAttached(**_happened(told, f"file:{component}", fact.at, _FILE, project, fact.by, place), note=NoteId(note))


def _in_order(changes: Iterable[Record]) -> list[Record]:
    """Status changes by their seconds; those of one entity within one second by what each left and reached."""
    seconds: defaultdict[datetime, list[Record]] = defaultdict(list)
    for row in changes:
        seconds[at(row.get("date"))].append(row)
    reached: dict[str, str] = {}
    ordered: list[Record] = []
    for moment in sorted(seconds):
        chained: defaultdict[str, list[tuple[str, str, Record]]] = defaultdict(list)
        for row in seconds[moment]:
            chained[str(row.get("parent_id"))].append((_name(row.get("from_status")), _name(row.get("status")), row))
        waiting = {number: iter(in_chain(rows, begins=reached.get(number, ""))) for number, rows in chained.items()}
        for row in seconds[moment]:  # each entity keeps its places among the others
            following = next(waiting[str(row.get("parent_id"))])
            reached[str(row.get("parent_id"))] = _name(following.get("status"))
            ordered.append(following)
    return ordered


def _numbered(rows: Iterable[Record], name: str) -> Iterator[tuple[int, Record]]:
    """`rows` with their places among those of the same second, which stay the same when the stretch of time that is read moves on."""
    seconds: Counter[Any] = Counter()
    for row in rows:
        yield seconds[row.get(name)], row
        seconds[row.get(name)] += 1


def _name(status: Record | None) -> str:
    return str((status or {}).get("name") or "")
