"""What we write to ftrack, each in effect once: look, make all of it in one batch, look again, and delete what two makers made of one."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import structlog
from ftrack_api.exception import ServerError

from integration.errors import NotFoundInTrackerError, TrackerError, TransientTrackerError
from integration.production import Background, NoteId, PersonId, PlaylistId, ProjectId, Task, TaskId, VersionId
from integration.tracker.ftrack.attributes import Attributes, given
from integration.tracker.ftrack.connection import Client, Connection, Record, deleted, updated
from integration.tracker.ftrack.directory import Directory
from integration.tracker.ftrack.files import at_hand, sent
from integration.tracker.ftrack.project_words import ProjectWords, find
from integration.tracker.ftrack.query_text import among, id_of, is_id, quoted
from integration.tracker.ftrack.records import (
    ABOUT,
    AI_USED,
    AI_USED_DATA,
    KEY,
    MADE,
    METADATA,
    NAME,
    TASK_FIELDS,
    TYPE,
    key_of,
    project_of,
    resources_of,
    to_media,
    to_task,
)
from integration.tracker.ftrack.shows import Shows
from integration.tracker.ftrack.spelling import Spelling
from integration.tracker.protocol import DraftVersion, NoteText

log = structlog.get_logger(__name__)

DRAFTS = "bg_draft"
"""The Asset of a background that our Versions stand under."""
_OURS = UUID("5d1a7d1c-8c0e-5c7b-9f6a-2f0f6c1b7b11")
"""Begins the ids that follow from what they are for, so that two makers make one."""


class Writing:
    """Writes to one site."""

    def __init__(
        self,
        connection: Connection,
        directory: Directory,
        words: ProjectWords,
        attributes: Attributes,
        *,
        shows: Shows,
        spelling: Spelling,
        layout_steps: Mapping[str, str],
    ) -> None:
        """Prepare; nothing is contacted yet. `layout_steps` are settings' by the name of the show; the rest as `Reading`'s."""
        self._connection = connection
        self._directory = directory
        self._words = words
        self._attributes = attributes
        self._shows = shows
        self._spelling = spelling
        self._layout_steps = layout_steps

    def create_version(self, draft: DraftVersion, *, key: str) -> VersionId:
        """See `Tracker.create_version`."""
        version, background = str(uuid4()), draft.background.rpartition(":")[2]
        asset_query = f'select name from Asset where context_id is {quoted(background)} and name is "{DRAFTS}" order by id'
        status = self._words.status(draft.project, "AssetVersion", draft.status)

        def make(client: Client, found: Sequence[Record]) -> None:
            asset = str(found[0]["id"]) if found else str(uuid4())
            named = draft.version_type in draft.name
            data = {
                NAME: plain(draft.name if named else f"{draft.name} {draft.version_type}"),
                TYPE: draft.version_type,
                **({AI_USED_DATA: "true"} if draft.declares_ai else {}),
            }
            maker = draft.by.partition(":")[2] if draft.by and draft.by.startswith("User:") else ""
            client.write(
                *(() if found else (client.created("Asset", id=asset, name=DRAFTS, context_id=background, type_id=self._type(draft)),)),
                client.created(
                    "AssetVersion",
                    id=version,
                    asset_id=asset,
                    task_id=id_of(draft.task),
                    status_id=status,
                    comment=plain(draft.description),
                    **({"user_id": maker} if is_id(maker) else {}),
                ),
                *_marked(client, "AssetVersion", version, key, data),
            )
            if draft.declares_ai:
                self._declare_ai(client, version)

        return VersionId(self._made("AssetVersion", key, make, beside=asset_query))

    def _type(self, draft: DraftVersion) -> str:
        words = self._words.of(draft.project)
        return find(words.asset_types, draft.version_type) or words.upload_type

    def _declare_ai(self, client: Client, version: str) -> None:
        """Tick the box for people to see; what counts stands in our metadata already."""
        attribute = self._attributes.find("AssetVersion", AI_USED)
        try:
            client.write(*([given(attribute, version, True)] if attribute else []))
        except ServerError as error:
            log.warning("box not ticked", attribute=AI_USED, version=version, error=type(error).__name__)

    def write_note(self, note: NoteText, *, key: str) -> NoteId:
        """See `Tracker.write_note`. It hangs on its first task, where the artist reads; what else it is about stands in our metadata."""
        number, me = str(uuid4()), self._directory.me()
        wanted = [each for each in (*note.tasks, *note.versions) if is_id(each)]
        tasks_query = f"select id from Task where id in {among(each for each in note.tasks if is_id(each))}"
        versions_query = f"select id from AssetVersion where id in {among(each for each in note.versions if is_id(each))}"

        def make(client: Client, found: Sequence[Record]) -> None:
            living = {str(each["id"]) for each in found}
            tasks = [each for each in wanted if each in living and each in note.tasks]
            versions = [each for each in wanted if each in living and each in note.versions]
            kind, parent = _hangs_on(note, tasks, versions)
            about = {"tasks": tasks, "versions": versions, "background": [note.background] if note.background else []}
            content = f"{plain(note.subject)}\n\n{plain(note.content)}" if note.subject else plain(note.content)
            recipients = [one.partition(":")[2] for one in dict.fromkeys(note.to) if one.startswith(("User:", "Group:"))]
            client.write(
                client.created("Note", id=number, content=content, user_id=me, parent_id=parent, parent_type=kind),
                *_marked(client, "Note", number, key, {NAME: plain(note.subject), ABOUT: json.dumps(about)}),
                *(client.created("Recipient", note_id=number, resource_id=one) for one in recipients if is_id(one)),
            )

        return NoteId(self._made("Note", key, make, beside=tasks_query, and_beside=versions_query))

    def put_in_playlist(self, project: ProjectId, name: str, versions: Sequence[VersionId], *, key: str) -> PlaylistId:
        """See `Tracker.put_in_playlist`. A list carries no metadata, so its id follows from its key."""
        number, me = str(uuid5(_OURS, f"{self._connection.site}:{key}")), self._directory.me()
        queries = (
            f"select items.id from AssetVersionList where id is {quoted(number)}",
            f"select id from AssetVersion where id in {among(each for each in versions if is_id(each))}",
            "select name from ListCategory order by name",
        )

        def add(client: Client) -> None:
            lists, living, categories = client.ask(*queries)
            there = {str(item["id"]) for each in lists for item in each.get("items") or ()}
            category = next((each for each in categories if each.get("name") == "Dailies"), next(iter(categories), {"id": None}))
            data = {"name": plain(name), "project_id": id_of(project), "category_id": category["id"], "user_id": me}
            alive = {str(each["id"]) for each in living}
            client.write(
                *(() if lists else (client.created("AssetVersionList", id=number, **data),)),
                *(
                    client.created("ListObject", id=str(uuid5(_OURS, f"{number}:{each}")), list_id=number, entity_id=each)
                    for each in dict.fromkeys(versions)
                    if each in alive and each not in there
                ),
            )

        self._twice(add)
        return PlaylistId(number)

    def open_task(self, background: Background, *, step: str, name: str, status: str, assignees: Sequence[PersonId], key: str) -> Task:
        """See `Tracker.open_task`."""
        project, parent, number = background.project, background.id.rpartition(":")[2], str(uuid4())
        type_id = self._words.step(project.id, step)
        status_id = self._words.status(project.id, "Task", status, type_id=type_id)
        layout = self._layout_steps.get(project.name) or next(iter(self._layout_steps.values()))
        here = f"parent_id is {quoted(parent)}"
        theirs_query = (
            f"select name from Task where {here} and name is {quoted(plain(name))} and type_id is {quoted(type_id)} order by created_at"
        )
        layout_query = f"select name from Task where {here} and type.name is {quoted(layout)} order by created_at"

        def make(client: Client, _: Sequence[Record]) -> None:
            layouts = client.ask(layout_query)[0]
            written = {"name": plain(name), "parent_id": parent, "project_id": project.id, "type_id": type_id, "status_id": status_id}
            client.write(
                client.created("Task", id=number, **written),
                *_marked(client, "Task", number, key, {}),
                *_assigned(client, number, assignees),
                *(client.created("TypedContextLink", id=str(uuid4()), from_id=str(each["id"]), to_id=number) for each in layouts[:1]),
            )

        task = self._made("Task", key, make, beside=theirs_query, takes_beside=True)
        return self._staffed(task, assignees)

    def _staffed(self, task: str, assignees: Sequence[PersonId]) -> Task:
        """The task, given to `assignees` if nobody is on it."""
        query = f"select {TASK_FIELDS} from Task where id is {quoted(task)}"

        def staff(client: Client) -> Record:
            record = client.one(query)
            if record is not None and assignees and not resources_of(record):
                client.write(*_assigned(client, task, assignees))
                record = client.one(query)
            if record is None:
                raise NotFoundInTrackerError(f"Task {task} was made and is not to be seen", hint=_UNSEEN)
            return record

        record = self._twice(staff)
        return to_task(
            record,
            spelling=self._spelling,
            people=self._directory.by_id(resources_of(record)),
            shows=self._shows.by_id([project_of(record)]),
        )

    def set_status(self, kind: str, number: str, status: str) -> None:
        """Give the ``Task`` or ``AssetVersion`` its status; one that is gone is left alone."""
        fields = "type_id, project_id" if kind == "Task" else "asset.parent.project_id, task.project_id"
        query = f"select status.name, status_id, {fields} from {kind} where id is {quoted(id_of(number))}"

        def set_it(client: Client) -> None:
            record = client.one(query)
            if record is None or str((record.get("status") or {}).get("name")).casefold() == status.casefold():
                return
            above = (record.get("asset") or {}).get("parent") or record.get("task") or {}
            project = str(record.get("project_id") or above.get("project_id"))
            wanted = self._words.status(project, kind, status, type_id=str(record.get("type_id")))
            try:
                client.write(updated(kind, number, status_id=wanted))
            except ServerError:
                if client.one(query) is not None:
                    raise

        self._connection.tried(set_it)

    def upload_picture(self, version: VersionId, path: Path, *, name: str) -> None:
        """See `Tracker.upload_picture`."""
        at_hand(path, name)
        fields = "thumbnail_id, components.name, components.file_type, components.component_locations.location_id"

        def send(client: Client) -> None:
            record = self._living(client, version, fields)
            there = next((each for each in record.get("components") or () if to_media(each).name == name), None)
            if there is None:
                component, operations = sent(client, path, name=name, version=version)
                client.write(*operations)
            else:
                component = str(there["id"])
            if not record.get("thumbnail_id"):
                _encode(client, component, version)

        self._connection.tried(send)

    def wait_until_playable(self, version: VersionId, *, timeout_s: float) -> bool:
        """See `Tracker.wait_until_playable`."""

        def ready(client: Client) -> bool:
            return bool(self._living(client, version, "thumbnail_id").get("thumbnail_id"))

        return self._connection.wait_for(ready, timeout_s=timeout_s)

    def _living(self, client: Client, version: VersionId, fields: str) -> Record:
        record = client.one(f"select {fields} from AssetVersion where id is {quoted(id_of(version))}")
        if record is None:
            raise NotFoundInTrackerError(f"Version {version} is gone", hint="Somebody deleted the draft in ftrack.")
        return record

    def attach_file(self, task: TaskId, path: Path, *, name: str) -> None:
        """See `Tracker.attach_file`. A task of ftrack's holds no files: a Note on it does, found by its key."""
        at_hand(path, name)
        note, me, key = str(uuid4()), self._directory.me(), f"file:{task}:{name}"
        task_query = f"select id from Task where id is {quoted(id_of(task))}"

        def make(client: Client, found: Sequence[Record]) -> None:
            if not found:
                raise NotFoundInTrackerError(f"Task {task} is gone", hint="Somebody deleted the review task in ftrack.")
            component, operations = sent(client, path, name=name)
            client.write(
                client.created("Note", id=note, content=plain(name), user_id=me, parent_id=task, parent_type="Task"),
                *operations,
                client.created("NoteComponent", component_id=component, note_id=note),
                *_marked(client, "Note", note, key, {}),
            )

        self._made("Note", key, make, beside=task_query)

    def _made(self, kind: str, key: str, make: Any, *, beside: str, and_beside: str = "", takes_beside: bool = False) -> str:
        """Id of what `key` names, made by `make` if it is not there.

        `make` is given what the queries `beside` and `and_beside` find; the first of it is taken instead where `takes_beside`.
        """
        order = {"AssetVersion": "date", "Note": "date", "Task": "created_at"}[kind]
        keyed = f'select {order}, {METADATA} from {kind} where metadata any (key is "{KEY}" and value is {quoted(key)})'

        def find_or_make(client: Client) -> str:
            found, *others = client.ask(*filter(None, (keyed, beside, and_beside)))
            there = _settled(client, kind, key, found, order)
            if there is None and takes_beside and others[0]:
                return str(others[0][0]["id"])
            if there is None:
                make(client, [record for some in others for record in some])
                there = _settled(client, kind, key, client.ask(keyed)[0], order)
            if there is None:
                raise NotFoundInTrackerError(f"{kind} '{key}' was made and is not to be seen", hint=_UNSEEN)
            return there

        return str(self._twice(find_or_make))

    def _twice(self, act: Any) -> Any:
        """`act`, once more where it was refused: another maker was faster, and now there is something to find."""
        try:
            return self._connection.tried(act)
        except (TransientTrackerError, NotFoundInTrackerError):
            raise
        except TrackerError as refusal:
            if "duplicate" not in str(refusal).lower() and "integrity" not in str(refusal).lower():
                raise
            return self._connection.tried(act)


_UNSEEN = "Ask the ftrack admin whether haikei's user may see what it makes in this project."


def plain(text: str) -> str:
    """`text` without the control characters that no tracker shows; lines and tabs stay."""
    return "".join(
        character for character in text.replace("\r\n", "\n") if character in "\n\t" or character.isprintable() or character == "\u3000"
    )


def _settled(client: Client, kind: str, key: str, found: Iterable[Record], order: str) -> str | None:
    """The oldest that we made with `key`; younger ones, of makers who did not see each other, are deleted. A person's copies are left alone."""
    ours = sorted((record for record in found if key_of(record) == key), key=lambda record: (str(record.get(order)), str(record["id"])))
    for twin in ours[1:]:
        try:
            client.write(deleted(kind, str(twin["id"])))
        except ServerError:
            log.info("twin gone already", kind=kind, key=key)
        else:
            log.warning("twin deleted", kind=kind, key=key, kept=ours[0]["id"], deleted=twin["id"])
    return str(ours[0]["id"]) if ours else None


def _marked(client: Client, kind: str, number: str, key: str, data: Mapping[str, str]) -> list[dict[str, Any]]:
    """The operations that give what we make our key and `data`, but what is empty."""
    written = {KEY: key, MADE: number, **data}
    return [
        client.created("Metadata", parent_id=number, key=name, value=value, parent_type=kind) for name, value in written.items() if value
    ]


def _assigned(client: Client, task: str, assignees: Sequence[PersonId]) -> list[dict[str, Any]]:
    people = [one.partition(":")[2] for one in dict.fromkeys(assignees)]
    return [
        client.created("Appointment", id=str(uuid5(_OURS, f"{task}:{one}")), context_id=task, resource_id=one, type="assignment")
        for one in people
        if is_id(one)
    ]


def _hangs_on(note: NoteText, tasks: Sequence[str], versions: Sequence[str]) -> tuple[str, str]:
    """Type and id of the one entity a Note hangs on."""
    if tasks:
        return "Task", tasks[0]
    if versions:
        return "AssetVersion", versions[0]
    kind, _, number = (note.background or f"Project:{note.project}").partition(":")
    return kind, number


def _encode(client: Client, component: str, version: str) -> None:
    """Have the site make what a browser plays, and the thumbnail; one that makes none says so, and the file is there all the same."""
    try:
        client.call([{"action": "encode_media", "component_id": component, "version_id": version, "keep_original": True}])
    except ServerError as error:
        if "encod" not in str(error).lower() and "invalid action" not in str(error).lower():
            raise
        log.warning("not encoded", version=version, component=component)
