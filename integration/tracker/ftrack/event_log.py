"""Reads what happened at a site: its histories by their moments, and what its hub told, as one."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from integration.events import TrackerEvent
from integration.production import require_aware
from integration.tracker.ftrack.connection import Client, Connection, Record
from integration.tracker.ftrack.cursor import Cursor, parse
from integration.tracker.ftrack.directory import Directory
from integration.tracker.ftrack.heard import Heard
from integration.tracker.ftrack.history import Told, events_of, ids_of_note, people_in
from integration.tracker.ftrack.hub_facts import Fact
from integration.tracker.ftrack.query_text import among, is_id, moment
from integration.tracker.ftrack.reading import Reading, stands_in
from integration.tracker.ftrack.records import TIME_LOG_FIELDS
from integration.tracker.ftrack.spelling import Spelling
from integration.tracker.protocol import EventPage

_SLACK_S = 2
"""Added to every look-back: moments are whole seconds, and an answer's Date is made after it."""
_FILES = "components.id, components.name, components.file_type, components.component_locations.location_id"
_WHERE = "asset.parent.id, asset.parent.project_id, task.project_id"
_IN_VERSION = ", ".join(f"version.{field}" for field in f"{_FILES}, {_WHERE}".split(", "))
_STATUSES = "date, user_id, parent_id, from_status.name, status.name"
_HISTORIES = {
    "made": "select created_at, created_by_id, project_id, status.name from TypedContext where created_at >= {since} order by created_at",
    "status_changes": f"select {_STATUSES}, parent.project_id from TypedContextStatusChange where date >= {{since}} order by date",
    "version_status_changes": ", ".join((f"select {_STATUSES}", *(f"parent.{field}" for field in _WHERE.split(", "))))
    + " from AssetVersionStatusChange where date >= {since} order by date",
    "versions": f"select date, version, user_id, {_WHERE}, {_FILES} from AssetVersion where date >= {{since}} order by date, version",
    "notes": "select date, user_id, parent_id, parent_type, note_components.component_id from Note where date >= {since} order by date",
    "time_logs": f"select {TIME_LOG_FIELDS} from Timelog where start >= {{since}} order by start",
}
"""Everything that says by itself when it happened; all of it is one request."""


class EventLog:
    """What happened at one site, read by one thread at a time."""

    def __init__(
        self, connection: Connection, directory: Directory, reading: Reading, heard: Heard, *, spelling: Spelling, look_back_s: float
    ) -> None:
        """Prepare; nothing is contacted yet.

        Args:
            connection: the site.
            directory: its people.
            reading: what stands there.
            heard: what its hub told.
            spelling: settings' spelling of statuses.
            look_back_s: how long something may be committed late and still be seen.
        """
        self._connection = connection
        self._directory = directory
        self._reading = reading
        self._heard = heard
        self._spelling = spelling
        self._look_back_s = look_back_s
        self._read_at_s = 0

    def first_cursor(self) -> str:
        """See `Tracker.first_cursor`."""
        since_s = self._second_now() - _SLACK_S
        before = self._happened(since_s, self._heard.facts())
        return Cursor(since_s=since_s).handed(_seconds(before)).text()

    def after(self, text: str, *, limit: int) -> EventPage:
        """See `Tracker.events_after`."""
        cursor = parse(text)
        self._heard.forget(cursor.since_s)
        happened = self._happened(cursor.since_s, self._heard.facts(), knows=cursor.knows)
        new = [event for event in happened if not cursor.knows(event.event_id)]
        page, more = new[:limit], len(new) > limit
        after = cursor.handed(_seconds(page))
        if not more:
            after = after.settled(self._read_at_s - int(self._look_back_s) - _SLACK_S)
        return EventPage(events=tuple(page), cursor=after.text(), more=more)

    def since(self, moment_: datetime) -> Iterator[TrackerEvent]:
        """See `Tracker.events_since`."""
        yield from self._happened(int(require_aware(moment_).timestamp()), ())

    def _second_now(self) -> int:
        at = self._connection.server_time() or self._connection.now()
        return int(at.timestamp())

    def _happened(self, since_s: int, facts: Sequence[Fact], *, knows: Callable[[str], bool] = lambda _: False) -> list[TrackerEvent]:
        """Everything since a second, but perhaps what the reader `knows` by its id: nothing more is asked about that."""
        since = moment(datetime.fromtimestamp(since_s, UTC))

        def read(client: Client) -> tuple[dict[str, list[Record]], list[list[Record]]]:
            asked = {name: text.format(since=since) for name, text in _HISTORIES.items() if _type_of(text) in client.types}
            answers = client.ask(*asked.values(), *_about(facts))
            return dict(zip(asked, answers, strict=False)), answers[len(asked) :]

        named, about = self._connection.tried(read)
        components, note_links, time_logs = about or ([], [], [])
        self._read_at_s = int(self._connection.now().timestamp())
        logs = {str(row["id"]): row for row in (*named.pop("time_logs", ()), *time_logs)}
        told = Told(
            made=named.get("made", ()),
            status_changes=named.get("status_changes", ()),
            version_status_changes=named.get("version_status_changes", ()),
            versions=named.get("versions", ()),
            notes=[note for note in named.get("notes", ()) if not all(map(knows, ids_of_note(note)))],
            facts=facts,
            time_logs=list(logs.values()),
            components={str(row["id"]): row for row in components},
            note_of={str(row.get("component_id")): str(row.get("note_id")) for row in note_links},
        )
        told = dataclasses.replace(told, places=self._places(told, knows))
        told = self._with_notes(told, [row["note"] for row in note_links if isinstance(row.get("note"), dict)])
        return events_of(dataclasses.replace(told, people=self._directory.by_id(people_in(told))), self._spelling)

    def _with_notes(self, told: Told, others: Sequence[Record]) -> Told:
        """`told` with the projects of its Notes and of `others`."""
        notes = [*told.notes, *others]
        parents = self._reading.parents(notes)
        projects = {str(note["id"]): stands_in(parent) for note in notes if (parent := parents.get(str(note.get("parent_id"))))}
        return dataclasses.replace(told, note_projects={number: project for number, project in projects.items() if project})

    def _places(self, told: Told, knows: Callable[[str], bool]) -> dict[str, tuple[str, str]]:
        """Type and project of what is deleted: as the hub told, else as the activity log does, which takes every context for a task."""
        changes = (*told.status_changes, *told.version_status_changes)
        gone = {str(row.get("parent_id")) for row in changes if row.get("parent") is None and not knows(f"status:{row['id']}")}
        places = {one: place for one in gone if (place := self._heard.place(one))}
        if unknown := [one for one in gone - places.keys() if is_id(one)]:
            query = f"select parent_id, project_id from Event where parent_id in {among(unknown)} and project_id is_not none"
            found = self._connection.tried(lambda client: client.ask(query)[0] if "Event" in client.types else [])
            places |= {str(row["parent_id"]): ("Task", str(row["project_id"])) for row in found}
        return places


def _about(facts: Sequence[Fact]) -> tuple[str, ...]:
    """The queries for what facts name: components with their Versions, what hangs on Notes, time logs."""
    if not facts:
        return ()
    components = {fact.entity for fact in facts if fact.kind.endswith("Component")} | {
        fact.value("component_id", "componentid") for fact in facts if fact.kind == "NoteComponent"
    }
    listed = among(sorted(each for each in components if is_id(each)))
    logs = among(fact.entity for fact in facts if fact.kind == "Timelog" and is_id(fact.entity))
    return (
        f"select {_IN_VERSION} from FileComponent where id in {listed}",
        f"select component_id, note_id, note.parent_id, note.parent_type from NoteComponent where component_id in {listed}",
        f"select {TIME_LOG_FIELDS} from Timelog where id in {logs}",
    )


def _type_of(query: str) -> str:
    return query.partition(" from ")[2].partition(" ")[0]


def _seconds(events: Sequence[TrackerEvent]) -> list[tuple[str, int]]:
    return [(event.event_id, int(event.at.timestamp())) for event in events]
