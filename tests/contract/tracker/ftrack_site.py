"""An ftrack site for the contract suite: the sandbox, worked on by people through the vendor's client."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4, uuid5

import ftrack_api
from ftrack_api.event.base import Event
from ftrack_api.symbol import SERVER_LOCATION_ID
from pydantic import SecretStr

from integration.production import BackgroundId, NoteId, Person, PersonId, PersonKind, Project, ProjectId, TaskId, TimeLogId, VersionId
from integration.sandbox.ftrack.running import RunningFtrackSandbox, start_ftrack_sandbox
from integration.settings import ProjectSettings
from integration.tracker.ftrack import FtrackTracker, open_ftrack
from integration.tracker.protocol import Tracker
from integration.tracker_settings import USUAL_NAMES, FtrackSettings
from tests.contract.tracker.sites import Call, Trouble


def number(name: str) -> str:
    """A uuid that is the same every time."""
    return str(uuid5(UUID("8a3d3c5e-0e2f-4a64-9d0e-2f7f2b0f5c11"), name))


PROJECT, ARTIST, LEFT, COORDINATOR, GROUP = map(number, ("雨の街", "sato", "left", "shinko", "背景班"))
KEYS = {name: f"a-key-of-{name}" for name in ("sato", "shinko")}
SCENE = ("place", "season", "time_of_day", "weather", "light", "art_note")
STATUSES: dict[Trouble, int | Literal["reset"]] = {
    Trouble.BUSY: 429,
    Trouble.DOWN: 503,
    Trouble.CUT: "reset",
    Trouble.CUT_AFTER: "reset",
    Trouble.ANSWER_LOST: 502,
}
COUNTED = {
    "version": 'AssetVersion where metadata any (key is "haikei.name" and value is "{}")',
    "task": 'Task where name is "{}"',
    "note": 'Note where metadata any (key is "haikei.name" and value is "{}")',
    "playlist": 'AssetVersionList where name is "{}"',
}


def write_seed(folder: Path) -> Path:
    """A show, three people and a group; no cuts yet."""
    told = {
        "custom_attributes": [
            *({"key": key, "on": kind} for kind in ("Shot", "AssetBuild") for key in SCENE),
            *({"key": key, "on": "Shot", "type": "number"} for key in ("fstart", "fend")),
        ],
        "entities": [
            {
                "__entity_type__": "Project",
                "id": PROJECT,
                "name": "rain",
                "full_name": "雨の街",
                "project_schema_id": "@ProjectSchema/Animation",
            },
            *_people(),
        ],
        "api_keys": [{"key": key, "user": login} for login, key in KEYS.items()],
    }
    seed = folder / "seed.json"
    seed.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return seed


def _people() -> Iterator[dict[str, Any]]:
    for login, last, first, active in (("sato", "佐藤", "花", True), ("left", "去", "太郎", False), ("shinko", "進行", "めい", True)):
        names = {"username": login, "first_name": first, "last_name": last, "email": f"{login}@example.com"}
        yield {"__entity_type__": "User", "id": number(login), **names, "is_active": active}
    for user, role in ((ARTIST, "User"), (COORDINATOR, "Project Manager"), ("@User/haikei", "API")):
        link = {"user_id": user, "security_role_id": f"@SecurityRole/{role}"}
        yield {"__entity_type__": "UserSecurityRole", "id": number(f"role {user}"), **link}
    yield {"__entity_type__": "Group", "id": GROUP, "name": "背景班"}
    for user in (ARTIST, LEFT):
        yield {"__entity_type__": "Membership", "id": number(f"member {user}"), "user_id": user, "group_id": GROUP}


@contextmanager
def running_ftrack(folder: Path) -> Iterator["FtrackSite"]:
    """A site that lives in `folder` and was never set up."""
    with start_ftrack_sandbox(write_seed(folder), folder=folder / "studio", encode_s=0.05) as sandbox:
        site = FtrackSite(sandbox, folder)
        yield site
        site.close()


class FtrackSite:
    """See `Site`."""

    project = Project(id=ProjectId(PROJECT), name="雨の街")
    artist = Person(id=PersonId(f"User:{ARTIST}"), name="佐藤 花")
    coordinator = Person(id=PersonId(f"User:{COORDINATOR}"), name="進行 めい")
    group = Person(id=PersonId(f"Group:{GROUP}"), name="背景班", kind=PersonKind.GROUP)
    left = PersonId(f"User:{LEFT}")
    layout_step, background_step = "Layout", "Background"
    ready, approved, reviewed, omitted, draft_type = "Ready to start", "Approved", "Pending review", "Omitted", "AI draft"
    deletes_for_good, says_who_entered_time, dates_all_time, keeps_cut_order, works_bare = True, False, True, False, True
    lists_filled_by = Call.CREATE

    def __init__(self, sandbox: RunningFtrackSandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self._folder = folder
        self._open = ExitStack()
        self._person, self._artist = self._signed_in("shinko"), self._signed_in("sato")
        self.tracker: Tracker = self.opened_again()
        self._open.enter_context(self._line())

    def close(self) -> None:
        self.sandbox.faults.clear()
        self._open.close()

    def _signed_in(self, login: str) -> Any:
        key = KEYS.get(login, self.sandbox.api_key)
        session = ftrack_api.Session(self.sandbox.url, key, login, plugin_paths=[], schema_cache_path=str(self._folder), strict_api=True)
        self._open.callback(session.close)
        return session

    @contextmanager
    def _line(self) -> Iterator[None]:
        """The tracker listens, and `_heard` waits until it has heard everything up to now."""
        told = threading.Event()
        with self.tracker.listen(told.set):
            assert told.wait(10), "the hub was never joined"
            self._person.event_hub.connect()
            yield

    def _heard(self) -> None:
        """Send something behind all that happened, and wait until the tracker has it."""
        last = str(uuid4())
        entity = {
            "action": "update",
            "entityId": last,
            "entityType": "task",
            "entity_type": "Milestone",
            "keys": [],
            "changes": {},
            "parents": [],
        }
        self._person.event_hub.publish(Event(topic="ftrack.update", data={"entities": [entity]}))
        assert isinstance(self.tracker, FtrackTracker)
        until = time.monotonic() + 10
        while self.tracker._heard.place(last) is None:
            assert time.monotonic() < until, "the hub does not tell"
            time.sleep(0.005)

    def opened_with_wrong_key(self) -> Tracker:
        return self._opened("not-the-key", 0.0)

    def opened_again(self, *, look_back_s: float = 0.0) -> Tracker:
        return self._opened(self.sandbox.api_key, look_back_s)

    def _opened(self, key: str, look_back_s: float) -> Tracker:
        settings = FtrackSettings(url=self.sandbox.url, api_user=self.sandbox.api_user, api_key=SecretStr(key), timeout_s=20)
        rules = {self.project.name: ProjectSettings.model_validate(USUAL_NAMES["ftrack"])}
        return open_ftrack(settings, rules, look_back_s, schema_folder=self._folder, first_wait_s=0.0)

    def new_cut(self, code: str) -> BackgroundId:
        sequence = self._made("Sequence", name=str(uuid4()), parent_id=PROJECT)  # siblings may not share a name
        return BackgroundId(f"Shot:{self._made('Shot', name=code, parent_id=sequence)}")

    def new_background(self, code: str, cuts: list[BackgroundId]) -> BackgroundId:
        build = self._made("AssetBuild", name=code, parent_id=PROJECT)
        for cut in cuts:
            self._made("TypedContextLink", from_id=build, to_id=cut.partition(":")[2])
        return BackgroundId(f"AssetBuild:{build}")

    def new_task(self, background: BackgroundId, *, step: str, name: str, status: str, assigned: bool = False) -> TaskId:
        parent, kind = background.partition(":")[2], self._person.query(f'Type where name is "{step}"').one()
        task = self._made("Task", name=name, parent_id=parent, type_id=kind["id"], status_id=self._status(status))
        if assigned:
            self.assign(TaskId(task))
        self._heard()
        return TaskId(task)

    def _status(self, name: str) -> str:
        return str(self._person.query(f'Status where name is "{name}"').one()["id"])

    def _made(self, kind: str, *, by: Any = None, **data: Any) -> str:
        session = by or self._person
        made = session.create(kind, data)
        session.commit()
        return str(made["id"])

    def _get(self, kind: str, entity: str, *, by: Any = None) -> Any:
        session = by or self._person
        session.reset()
        return session.query(f'{kind} where id is "{entity}"').one()

    def _set(self, kind: str, entity: str, **changed: Any) -> None:
        found = self._get(kind, entity)
        for name, value in changed.items():
            found[name] = value
        self._person.commit()
        self._heard()

    def _mark(self, kind: str, entity: str, key: str, value: Any, *, by: Any = None) -> None:
        session = by or self._person
        self._get(kind, entity, by=session)["custom_attributes"][key] = value
        session.commit()
        self._heard()

    def _delete(self, kind: str, entity: str) -> None:
        self._person.delete(self._get(kind, entity))
        self._person.commit()
        self._heard()

    def approve(self, task: TaskId) -> None:
        self._set("Task", task, status_id=self._status(self.approved))

    def retire_task(self, task: TaskId) -> None:
        self._delete("Task", task)

    def retire_version(self, version: VersionId) -> None:
        self._delete("AssetVersion", version)

    def revive_version(self, version: VersionId) -> None:
        raise NotImplementedError("what is deleted in ftrack is gone")

    def hand_in(self, task: TaskId, name: str, picture: Path | None, *, is_genzu: bool = False, declares_ai: bool = False) -> VersionId:
        parent, kind = self._get("Task", task)["parent_id"], self._person.query('AssetType where short is "upload"').one()
        asset = self._person.query(f'Asset where name is "{name}" and context_id is "{parent}"').first()
        asset_id = asset["id"] if asset else self._made("Asset", name=name, context_id=parent, type_id=kind["id"])
        version = self._made("AssetVersion", asset_id=asset_id, task_id=str(task))
        for key, value in (("haikei_genzu", is_genzu), ("haikei_ai_used", declares_ai)):
            if value:
                self._mark("AssetVersion", version, key, value)
        if picture is not None:
            self._get("AssetVersion", version).create_component(str(picture), {"name": "main"}, location=self._server())
        self._heard()
        return VersionId(version)

    def _server(self) -> Any:
        return self._person.get("Location", SERVER_LOCATION_ID)

    def assign(self, task: TaskId) -> None:
        self._made("Appointment", context_id=str(task), resource_id=ARTIST, type="assignment")
        self._heard()

    def assign_both(self, task: TaskId) -> None:
        for one in (ARTIST, COORDINATOR):
            if not self._person.query(f'Appointment where context_id is "{task}" and resource_id is "{one}"').first():
                self._made("Appointment", context_id=str(task), resource_id=one, type="assignment")

    def set_background_status(self, background: BackgroundId, status: str) -> None:
        kind, _, entity = background.partition(":")
        self._set(kind, entity, status_id=self._status(status))

    def set_place(self, background: BackgroundId, place: str) -> Person:
        self._mark("Shot", background.partition(":")[2], "place", place)
        return self.coordinator

    def set_bid(self, task: TaskId, minutes: int | None) -> None:
        self._set("Task", task, bid=(minutes or 0) * 60)

    def set_cut(self, background: BackgroundId, *, order: int, first: int, last: int) -> None:
        for key, value in (("fstart", first), ("fend", last)):
            self._mark("Shot", background.partition(":")[2], key, value)

    def write_policy(self, text: str, *, login: str) -> None:
        session = self._signed_in(login)
        self._mark("Project", PROJECT, "haikei_ai_policy", text, by=session)

    def write_note(self, version: VersionId, content: str) -> NoteId:
        author = self._get("User", COORDINATOR)
        note = self._person.query(f'AssetVersion where id is "{version}"').one().create_note(content, author)
        self._person.commit()
        self._heard()
        return NoteId(note["id"])

    def draw_on(self, note: NoteId, picture: Path, *, in_field: bool = True) -> None:
        self._person.reset()
        component = self._person.create_component(str(picture), {"name": picture.stem}, location=self._server())
        self._person.create("NoteComponent", {"component_id": component["id"], "note_id": str(note)})
        self._person.commit()
        self._heard()

    def say_outcome(self, version: VersionId, said: str | None) -> None:
        self._mark("AssetVersion", version, "haikei_outcome", said or "")

    def tick_no_draft(self, background: BackgroundId) -> None:
        kind, _, entity = background.partition(":")
        self._mark(kind, entity, "haikei_no_draft", True)

    def copy_version(self, version: VersionId) -> VersionId:
        found = self._get("AssetVersion", version)
        copy = self._person.create("AssetVersion", {name: found[name] for name in ("asset_id", "task_id", "status_id", "comment")})
        for key, value in dict(found["metadata"]).items():
            copy["metadata"][key] = value
        self._person.commit()
        self._heard()
        return VersionId(copy["id"])

    def log_time(self, task: TaskId | None, minutes: int | None, *, day: str | None = None, by_artist: bool = True) -> TimeLogId:
        start = datetime.fromisoformat(f"{day}T12:00:00") if day else datetime.now(UTC).replace(tzinfo=None)
        duration = None if minutes is None else minutes * 60
        data = {"context_id": str(task) if task else PROJECT, "user_id": ARTIST, "start": start, "duration": duration}
        made = self._made("Timelog", by=self._of(by_artist), **data)
        self._heard()
        return TimeLogId(made)

    def change_time(self, time_log: TimeLogId, minutes: int | None, *, by_artist: bool = True) -> None:
        session = self._of(by_artist)
        self._get("Timelog", time_log, by=session)["duration"] = (minutes or 0) * 60
        session.commit()
        self._heard()

    def move_time(self, time_log: TimeLogId, task: TaskId) -> None:
        self._set("Timelog", time_log, context_id=str(task))

    def retire_time(self, time_log: TimeLogId) -> None:
        self._delete("Timelog", time_log)

    def revive_time(self, time_log: TimeLogId) -> None:
        raise NotImplementedError("what is deleted in ftrack is gone")

    def _of(self, artist: bool) -> Any:
        return self._artist if artist else self._person

    def count(self, kind: str, name: str) -> int:
        self._person.reset()
        if kind == "in playlist":
            return len(self._person.query(f'ListObject where list_id is "{name}"').all())
        return len(self._person.query(COUNTED[kind].format(name.replace('"', '\\"'))).all())

    def files_on(self, task: TaskId) -> list[str]:
        self._person.reset()
        notes = self._person.query(
            f'select note_components.component.name, note_components.component.file_type from Note where parent_id is "{task}"'
        )
        files = [each["component"] for note in notes for each in note["note_components"]]
        return sorted(f"{file['name']}{file['file_type']}" for file in files)

    def note_text(self, note: str) -> str:
        """Below its subject, which stands over it where people read it."""
        subject, _, text = str(self._get("Note", note)["content"]).partition("\n\n")
        assert subject
        return text

    def hide_status(self, status: str) -> None:
        schema = self._get("Project", PROJECT)["project_schema"]["_task_workflow"]
        query = f'WorkflowSchemaStatus where status_id is "{self._status(status)}" and workflow_schema_id is "{schema["id"]}"'
        self._person.delete(self._person.query(query).one())
        self._person.commit()

    def trouble(self, what: Trouble, on: Call, *, times: int = 1) -> None:
        lost = what in (Trouble.ANSWER_LOST, Trouble.CUT_AFTER)
        call = {Call.READ: "query", Call.CREATE: "create", Call.UPDATE: "update", Call.UPLOAD: "create" if lost else "put"}[on]
        self.sandbox.faults.fail(call, times=times, status=STATUSES[what], after=lost)

    def broken_downloads(self, times: int) -> None:
        self.sandbox.faults.truncate_downloads = times

    def lost_meta(self) -> Any:
        """No history of ftrack's has detail that could be lost."""
        return nullcontext()

    @contextmanager
    def late_events(self) -> Iterator[None]:
        """The history's rows of what happens inside are committed a second later, with their own dates."""
        studio, kind = self.sandbox._studio, "TypedContextStatusChange"
        before = {row["id"] for row in studio.rows.of(kind)}
        yield
        with studio.store.lock, studio.store.transaction():
            late = [row for row in studio.rows.of(kind) if row["id"] not in before]
            for row in late:
                studio.rows.remove(row)

        def commit() -> None:
            with studio.store.lock, studio.store.transaction():
                for row in late:
                    studio.rows.put(kind, row["values"])

        threading.Timer(1.0, commit).start()
