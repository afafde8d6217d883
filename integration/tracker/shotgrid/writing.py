"""What we write to ShotGrid, each in effect once: look, make, look again, and retire what two creates made of one."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from shotgun_api3 import Fault

from integration.errors import NotFoundInTrackerError, TrackerError
from integration.production import Background, NoteId, PersonId, PlaylistId, ProjectId, Task, TaskId, VersionId
from integration.tracker.protocol import DraftVersion, NoteText
from integration.tracker.shotgrid.connection import Client, Connection
from integration.tracker.shotgrid.faults import meaning
from integration.tracker.shotgrid.reading import step_is
from integration.tracker.shotgrid.records import AI_USED, KEY, STATUS, TASK_FIELDS, UPLOAD, VERSION_TYPE, link, made_by_script, to_task
from integration.tracker.shotgrid.schema import explained

log = structlog.get_logger(__name__)

_OLDEST = [{"field_name": "id", "direction": "asc"}]
_PENDING = ("/transient/", "thumbnail_pending")


class Writing:
    """Writes to one site."""

    def __init__(self, connection: Connection, *, step_names: Mapping[str, str]) -> None:
        """Prepare; nothing is contacted yet. Arguments as `Reading`'s."""
        self._connection = connection
        self._step_names = step_names

    def create_version(self, draft: DraftVersion, *, key: str) -> VersionId:
        """See `Tracker.create_version`."""
        named = draft.version_type in draft.name
        maker = link(draft.by) if draft.by and draft.by.startswith("HumanUser:") else None
        written = {
            "project": link(draft.project, "Project"),
            "entity": link(draft.background),
            "sg_task": link(draft.task, "Task"),
            "code": plain(draft.name if named else f"{draft.name} {draft.version_type}"),
            "description": plain(draft.description),
            STATUS: draft.status,
            **({VERSION_TYPE: draft.version_type} if draft.version_type else {}),
            **({"user": maker} if maker else {}),
            **({AI_USED: True} if draft.declares_ai else {}),
        }
        return VersionId(str(self._made("Version", key, written)))

    def write_note(self, note: NoteText, *, key: str) -> NoteId:
        """See `Tracker.write_note`."""
        there = self._connection.tried(lambda sg: _living(sg, note.versions))
        versions = [link(version, "Version") for version in there]
        written = {
            "project": link(note.project, "Project"),
            "subject": plain(note.subject),
            "content": plain(note.content),
            "note_links": [*([link(note.background)] if note.background else []), *versions],
            "tasks": [link(task, "Task") for task in note.tasks],
            "addressings_to": [to for to in map(link, note.to) if to["type"] in ("HumanUser", "Group")],
        }
        return NoteId(str(self._made("Note", key, written)))

    def put_in_playlist(self, project: ProjectId, name: str, versions: Sequence[VersionId], *, key: str) -> PlaylistId:
        """See `Tracker.put_in_playlist`."""
        number = self._made("Playlist", key, {"project": link(project, "Project"), "code": plain(name)})

        def add(sg: Client) -> None:
            record = sg.find_one("Playlist", [["id", "is", number]], ["versions"]) or {}
            there = {str(version["id"]) for version in record.get("versions") or ()}
            missing = [link(version, "Version") for version in _living(sg, versions) if version not in there]
            if missing:
                sg.update("Playlist", number, {"versions": missing}, multi_entity_update_modes={"versions": "add"})

        self._connection.tried(add)
        return PlaylistId(str(number))

    def open_task(self, background: Background, *, step: str, name: str, status: str, assignees: Sequence[PersonId], key: str) -> Task:
        """See `Tracker.open_task`."""
        project, entity = link(background.project.id, "Project"), link(background.id)

        def find_or_make(sg: Client) -> dict[str, Any]:
            there = self._keyed(sg, "Task", key, TASK_FIELDS) or sg.find_one(
                "Task", [["entity", "is", entity], ["content", "is", name], step_is(step)], TASK_FIELDS, order=list(_OLDEST)
            )
            if there is None:
                written = {
                    "project": project,
                    "entity": entity,
                    "content": plain(name),
                    "step": _step(sg, entity["type"], step),
                    STATUS: status,
                }
                self._create(sg, "Task", key, {**written, "task_assignees": [link(person) for person in assignees]})
                there = self._keyed(sg, "Task", key, TASK_FIELDS)
            if there is None:
                raise NotFoundInTrackerError(f"Task '{name}' was made on {background.code} and is not to be seen", hint=_UNSEEN)
            if assignees and not there.get("task_assignees"):
                sg.update("Task", there["id"], {"task_assignees": [link(person) for person in assignees]})
                there = sg.find_one("Task", [["id", "is", there["id"]]], TASK_FIELDS) or there
            return there

        return to_task(self._connection.tried(find_or_make), step_names=self._step_names)

    def set_status(self, kind: str, number: str, status: str) -> None:
        """Give the Task or Version `number` its status; one that is gone is left alone."""

        def set_it(sg: Client) -> None:
            record = sg.find_one(kind, [["id", "is", int(number)]], [STATUS])
            if record is None or record.get(STATUS) == status:
                return
            try:
                sg.update(kind, int(number), {STATUS: status})
            except Fault as fault:
                if sg.find_one(kind, [["id", "is", int(number)]], ["id"]) is not None:
                    raise self._explained(sg, kind, {STATUS: status}, fault) from fault

        self._connection.tried(set_it)

    def upload_picture(self, version: VersionId, path: Path, *, name: str) -> None:
        """See `Tracker.upload_picture`."""
        if not path.is_file() or not path.stat().st_size:
            raise TrackerError(f"{name} for Version {version} is not at hand or is empty", hint="Render the draft again.")

        def send(sg: Client) -> None:
            record = sg.find_one("Version", [["id", "is", int(version)]], [UPLOAD])
            if record is None:
                raise NotFoundInTrackerError(f"Version {version} is gone", hint="Somebody deleted the draft in ShotGrid.")
            if (record.get(UPLOAD) or {}).get("name") == name:
                return
            with _named(path, name) as named:
                sg.upload("Version", int(version), str(named), field_name=UPLOAD, display_name=name)

        self._connection.tried(send)

    def attach_file(self, task: TaskId, path: Path, *, name: str) -> None:
        """See `Tracker.attach_file`."""
        there = link(task, "Task")

        def send(sg: Client) -> None:
            if sg.find_one("Task", [["id", "is", int(task)]], ["id"]) is None:
                raise NotFoundInTrackerError(f"Task {task} is gone", hint="Somebody deleted the review task in ShotGrid.")
            attached = sg.find("Attachment", [["attachment_links", "is", there]], ["this_file", "filename"])
            if not any(name in (each.get("filename"), (each.get("this_file") or {}).get("name")) for each in attached):
                with _named(path, name) as named:
                    sg.upload("Task", int(task), str(named), display_name=name)

        self._connection.tried(send)

    def wait_until_playable(self, version: VersionId, *, timeout_s: float) -> bool:
        """See `Tracker.wait_until_playable`."""

        def ready(sg: Client) -> bool:
            record = sg.find_one("Version", [["id", "is", int(version)]], ["image"])
            if record is None:
                raise NotFoundInTrackerError(f"Version {version} is gone", hint="Somebody deleted the draft in ShotGrid.")
            image = str(record.get("image") or "")
            return bool(image) and not any(word in image for word in _PENDING)

        return self._connection.wait_for(ready, timeout_s=timeout_s)

    def _made(self, kind: str, key: str, written: dict[str, Any]) -> int:
        """Id of what `key` names, made as `written` if it is not there."""

        def find_or_make(sg: Client) -> int:
            there = self._keyed(sg, kind, key, [])
            if there is None:
                self._create(sg, kind, key, written)
                there = self._keyed(sg, kind, key, [])
            if there is None:
                raise NotFoundInTrackerError(f"{kind} '{key}' was made and is not to be seen", hint=_UNSEEN)
            return int(there["id"])

        return self._connection.tried(find_or_make)

    def _create(self, sg: Client, kind: str, key: str, written: dict[str, Any]) -> None:
        try:
            sg.create(kind, {**written, KEY: key}, [])
        except Fault as fault:
            raise self._explained(sg, kind, {**written, KEY: key}, fault) from fault

    def _keyed(self, sg: Client, kind: str, key: str, fields: list[str]) -> dict[str, Any] | None:
        try:
            return _oldest(sg, kind, key, fields)
        except Fault as fault:
            raise self._explained(sg, kind, {KEY: key}, fault) from fault

    def _explained(self, sg: Client, kind: str, written: Mapping[str, Any], fault: Fault) -> TrackerError:
        refusal = meaning(fault, script=self._connection.script, where=self._connection.site)
        return explained(sg, kind, written, refusal) if type(refusal) is TrackerError else refusal


_UNSEEN = "Ask the ShotGrid admin whether the script may see what it makes in this project."


@contextmanager
def _named(path: Path, name: str) -> Iterator[Path]:
    """The file under its own name: the site takes type and name from it, and in our store it is a hash."""
    with TemporaryDirectory(prefix="haikei-upload-") as folder:
        named = Path(folder) / name.replace("/", "_")
        copyfile(path, named)
        yield named


def plain(text: str) -> str:
    """`text` without the control characters that no tracker shows; lines and tabs stay."""
    return "".join(
        character for character in text.replace("\r\n", "\n") if character in "\n\t" or character.isprintable() or character == "\u3000"
    )


def _oldest(sg: Client, kind: str, key: str, fields: list[str]) -> dict[str, Any] | None:
    """The oldest that a script made with `key`; younger ones, of a create that ran twice, are retired. A person's copies are left alone."""
    found = sg.find(kind, [[KEY, "is", key]], [*fields, KEY, "created_by"], order=list(_OLDEST))
    ours = [record for record in found if record.get(KEY) == key and made_by_script(record)]
    for twin in ours[1:]:
        sg.delete(kind, int(twin["id"]))
        log.warning("twin retired", kind=kind, key=key, kept=ours[0]["id"], retired=twin["id"])
    return dict(ours[0]) if ours else None


def _living(sg: Client, versions: Sequence[VersionId]) -> list[VersionId]:
    """Those of `versions` that are there still, each once: a link to one that was deleted would be refused."""
    wanted = list(dict.fromkeys(versions))
    found = sg.find("Version", [["id", "in", [int(version) for version in wanted]]], ["id"]) if wanted else []
    return [version for version in wanted if int(version) in {record["id"] for record in found}]


def _step(sg: Client, kind: str, step: str) -> dict[str, Any]:
    called = {"filter_operator": "any", "filters": [["code", "is", step], ["short_name", "is", step]]}
    found = sg.find_one("Step", [called, ["entity_type", "is", kind]], ["code"], order=list(_OLDEST))
    if found is None:
        raise TrackerError(
            f"{kind}s have no step '{step}' at this site",
            hint=f"Let the ShotGrid admin add the step to {kind}s, or correct background_step in haikei.toml.",
        )
    return {"type": "Step", "id": found["id"]}
