"""The studio's floor on ftrack: the sandbox, worked on by people through the vendor's client."""

import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import ftrack_api
import ftrack_api.exception
from ftrack_api.symbol import SERVER_LOCATION_ID

from integration.sandbox.ftrack.running import start_ftrack_sandbox
from integration.sandbox.ftrack.translated import ftrack_id, person_key
from tests.floor import SeenNote, SeenTask, SeenVersion, Standing
from tests.pretend_episode import PASSWORD, PEOPLE, PROJECT_ID, Cut

NAMES = {
    Standing.WAITING: "On hold",
    Standing.READY: "Ready to start",
    Standing.WORKING: "In progress",
    Standing.REVIEWING: "Pending review",
    Standing.APPROVED: "Approved",
    Standing.OMITTED: "Omitted",
    Standing.DRAFT: "AI draft",
    Standing.SUPERSEDED: "Superseded",
    Standing.RETAKE: "Revise",
    Standing.USED: "Used",
    Standing.PARTLY_USED: "Partly used",
    Standing.NOT_USED: "Not used",
}
_STANDINGS = {name: standing for standing, name in NAMES.items()} | {"Not started": Standing.WAITING}
_PROJECT = ftrack_id("Project", PROJECT_ID)
_VERSION = (
    "select version, date, comment, task_id, status.name, asset.name, asset.type.name, metadata, custom_attributes, components.name, "
    "components.file_type, lists.name from AssetVersion"
)
_NOTE = "select content, date, metadata, recipients.recipient.id, parent_id, user_id from Note"
_TASK = "select name, type.name, status.name, assignments.resource.id from Task"


class FtrackFloor:
    """See `Floor`."""

    tracker = "ftrack"
    errors: tuple[type[Exception], ...] = (ftrack_api.exception.Error,)
    remembers = False
    revives = False

    def __init__(self, seed: Path, folder: Path) -> None:
        """Open the site over the episode that `seed` holds."""
        self._open = ExitStack()
        self.sandbox = self._open.enter_context(start_ftrack_sandbox(seed, folder=folder, encode_s=0.05))
        self.url, self.faults = self.sandbox.url, self.sandbox.faults
        self.secrets = [self.url, self.url.partition("://")[2], self.sandbox.api_key]
        self._folder = folder
        self._people: dict[str, Any] = {}
        self._names = {f"User:{ftrack_id('HumanUser', number)}": login for login, number in PEOPLE.items()}

    def close(self) -> None:
        self._open.close()

    def settings(self) -> str:
        sandbox = self.sandbox
        return f'[ftrack]\nurl = "{sandbox.url}"\napi_user = "{sandbox.api_user}"\napi_key = "{sandbox.api_key}"'

    def called(self, standing: Standing) -> str:
        return NAMES[standing]

    def person(self, login: str) -> str:
        return f"User:{ftrack_id('HumanUser', PEOPLE[login])}"

    def shot(self, cut: Cut) -> str:
        return ftrack_id("Shot", cut.shot)

    def layout_task(self, cut: Cut) -> str:
        return ftrack_id("Task", cut.layout_task)

    def genzu(self, cut: Cut) -> str:
        return ftrack_id("Version", cut.genzu)

    def _as(self, login: str = "sakura") -> Any:
        """Somebody's session, with nothing remembered."""
        if login not in self._people:
            options = {"plugin_paths": [], "schema_cache_path": str(self._folder), "strict_api": True}
            session = ftrack_api.Session(self.url, person_key(PASSWORD, login), login, **options)
            self._people[login] = self._open.enter_context(session)
        self._people[login].reset()
        return self._people[login]

    def _set(self, kind: str, number: str, by: str = "sakura", **values: Any) -> None:
        session = self._as(by)
        found = session.query(f'{kind} where id is "{number}"').one()
        for name, value in values.items():
            found[name] = value
        session.commit()

    def _mark(self, kind: str, number: str, key: str, value: Any, *, by: str = "sakura") -> None:
        session = self._as(by)
        session.query(f'{kind} where id is "{number}"').one()["custom_attributes"][key] = value
        session.commit()

    def _stand(self, kind: str, number: str, standing: Standing, by: str) -> None:
        status = self._as(by).query(f'Status where name is "{NAMES[standing]}"').one()["id"]
        self._set(kind, number, by, status_id=status)

    def _made(self, kind: str, *, by: str = "sakura", **values: Any) -> str:
        session = self._as(by)
        number = session.create(kind, values)["id"]
        session.commit()
        return str(number)

    def set_task(self, task: str, standing: Standing, *, by: str = "sakura") -> None:
        self._stand("Task", task, standing, by)

    def set_version(self, version: str, standing: Standing, *, by: str = "sakura") -> None:
        self._stand("AssetVersion", version, standing, by)

    def set_shot(self, cut: Cut, standing: Standing) -> None:
        self._stand("Shot", self.shot(cut), standing, "sakura")

    def set_weather(self, cut: Cut, weather: str, *, by: str) -> None:
        self._mark("Shot", self.shot(cut), "weather", weather, by=by)

    def tick_no_draft(self, cut: Cut, ticked: bool) -> None:
        self._mark("Shot", self.shot(cut), "haikei_no_draft", ticked)

    def say_outcome(self, version: str, said: str | None, *, by: str = "artist") -> None:
        self._mark("AssetVersion", version, "haikei_outcome", said or "", by=by)

    def offer_outcome(self, said: str) -> None:
        """Nothing to do: the server takes any text for an enumerator."""

    def write_policy(self, text: str, *, by: str) -> None:
        self._mark("Project", _PROJECT, "haikei_ai_policy", text, by=by)

    def new_task(self, cut: Cut, name: str, *, step: str, standing: Standing = Standing.WAITING, to: Sequence[str] = ()) -> str:
        session = self._as()
        kind, status = session.query(f'Type where name is "{step}"').one(), session.query(f'Status where name is "{NAMES[standing]}"').one()
        task = session.create("Task", {"name": name, "parent_id": self.shot(cut), "type_id": kind["id"], "status_id": status["id"]})
        for login in to:
            person = self.person(login).partition(":")[2]
            session.create("Appointment", {"context_id": task["id"], "resource_id": person, "type": "assignment"})
        session.commit()
        return str(task["id"])

    def assign(self, task: str, login: str) -> None:
        session, person = self._as(), self.person(login).partition(":")[2]
        for one in session.query(f'Appointment where context_id is "{task}" and resource_id is_not "{person}"'):
            session.delete(one)
        if session.query(f'Appointment where context_id is "{task}" and resource_id is "{person}"').first() is None:
            session.create("Appointment", {"context_id": task, "resource_id": person, "type": "assignment"})
        session.commit()

    def hand_in(
        self, cut: Cut, name: str, file: Path | None, *, task: str = "", kind: str = "", declares_ai: bool = False, by: str = "sakura"
    ) -> str:
        session = self._as(by)
        wanted = session.query(f'AssetType where name is "{kind or "Upload"}"').first()
        wanted = wanted or session.create("AssetType", {"name": kind, "short": kind})
        asset = session.query(f'Asset where name is "{name}" and context_id is "{self.shot(cut)}"').first()
        asset = asset or session.create("Asset", {"name": name, "context_id": self.shot(cut), "type": wanted})
        version = session.create("AssetVersion", {"asset": asset, "task_id": task or None})
        session.commit()
        if declares_ai:
            self._mark("AssetVersion", version["id"], "haikei_ai_used", True, by=by)
        if file is not None:
            session = self._as(by)
            version = session.get("AssetVersion", version["id"])
            version.create_component(str(file), {"name": "main"}, location=session.get("Location", SERVER_LOCATION_ID))
            session.commit()
        return str(version["id"])

    def lose_file(self, version: str) -> None:
        session = self._as()
        for component in session.query(f'Component where version_id is "{version}"'):
            session.delete(component)
        session.commit()

    def delete_version(self, version: str) -> None:
        session = self._as()
        session.delete(session.get("AssetVersion", version))
        session.commit()

    def revive_version(self, version: str) -> None:
        raise NotImplementedError("what is deleted in ftrack is gone")

    def write_note(self, cut: Cut, version: str, text: str, *, by: str, drawing: Path | None = None) -> str:
        session = self._as(by)
        author = session.query(f'User where username is "{by}"').one()
        note = session.get("AssetVersion", version).create_note(text, author)
        session.commit()
        if drawing is not None:
            place = session.get("Location", SERVER_LOCATION_ID)
            component = session.create_component(str(drawing), {"name": drawing.stem}, location=place)
            session.create("NoteComponent", {"component_id": component["id"], "note_id": note["id"]})
            session.commit()
        return str(note["id"])

    def log_time(self, cut: Cut, minutes: int) -> str:
        about = {"context_id": self.layout_task(cut), "user_id": self.person("layout").partition(":")[2]}
        return self._made("Timelog", by="layout", duration=minutes * 60, start=datetime.fromisoformat("2026-11-20T03:00:00"), **about)

    def change_time(self, time_log: str, minutes: int) -> None:
        self._set("Timelog", time_log, "layout", duration=minutes * 60)

    def delete_time(self, time_log: str) -> None:
        session = self._as("layout")
        session.delete(session.get("Timelog", time_log))
        session.commit()

    def drafts(self, cut: Cut) -> list[SeenVersion]:
        return [each for each in self._versions(f'where asset.context_id is "{self.shot(cut)}"') if each.key]

    def every_draft(self, prefix: str = "") -> list[SeenVersion]:
        return [each for each in self._versions(f'where metadata any (key is "haikei.key" and value like "{prefix}%")') if each.key]

    def version(self, version: str) -> SeenVersion:
        (found,) = self._versions(f'where id is "{version}"')
        return found

    def _versions(self, where: str) -> list[SeenVersion]:
        return sorted((_seen(each) for each in self._as().query(f"{_VERSION} {where}")), key=lambda each: each.name)

    def notes(self, cut: Cut) -> list[SeenNote]:
        """Those on the cut, its tasks and its Versions."""
        session = self._as()
        about = {self.shot(cut), *(each["id"] for each in session.query(f'Task where parent_id is "{self.shot(cut)}"'))}
        about |= {each["id"] for each in session.query(f'AssetVersion where asset.context_id is "{self.shot(cut)}"')}
        return [note for note in self.every_note() if about & set(note.on)]

    def every_note(self) -> list[SeenNote]:
        """Without those that only carry files."""
        session = self._as()
        people = {user["id"]: user for user in session.query("select first_name, last_name, username from User")}
        groups = {group["id"]: group["name"] for group in session.query("select name from Group")}
        found = []
        for note in sorted(session.query(_NOTE), key=lambda each: str(each["date"])):
            data = dict(note["metadata"])
            if data.get("haikei.key", "").startswith("file:"):
                continue
            to = [_named(people.get(each["resource_id"]), groups.get(each["resource_id"], "")) for each in note["recipients"]]
            subject = data.get("haikei.name", "")
            content = (note["content"] or "").removeprefix(subject).lstrip()
            found.append(SeenNote(subject=subject, content=content, to=to, on=[note["parent_id"] or ""]))
        return found

    def task(self, task: str) -> SeenTask:
        (found,) = self._tasks(f'where id is "{task}"')
        return found

    def tasks(self, cut: Cut, name: str) -> list[SeenTask]:
        return self._tasks(f'where parent_id is "{self.shot(cut)}" and name is "{name}"')

    def every_task(self, name: str) -> list[SeenTask]:
        return self._tasks(f'where name is "{name}"')

    def _tasks(self, where: str) -> list[SeenTask]:
        session = self._as()
        people = {user["id"]: user for user in session.query("select first_name, last_name, username from User")}
        groups = {group["id"]: group["name"] for group in session.query("select name from Group")}
        return [
            SeenTask(
                id=task["id"],
                name=task["name"],
                step=task["type"]["name"],
                standing=_STANDINGS[task["status"]["name"]],
                assignees=[_named(people.get(each["resource_id"]), groups.get(each["resource_id"], "")) for each in task["assignments"]],
            )
            for task in session.query(f"{_TASK} {where}")
        ]

    def _attached(self, task: str) -> dict[str, str]:
        query = f'select note_components.component.name, note_components.component.file_type from Note where parent_id is "{task}"'
        files = [each["component"] for note in self._as().query(query) for each in note["note_components"]]
        return {f"{file['name']}{file['file_type']}": file["id"] for file in files}

    def files_on(self, task: str) -> list[str]:
        return sorted(self._attached(task))

    def fetch_attached(self, task: str, name: str, file: Path) -> None:
        self._save(self._attached(task)[name], file)

    def fetch(self, version: str, file: Path) -> None:
        query = f'select name from Component where version_id is "{version}"'
        names = {component["name"]: component["id"] for component in self._as().query(query)}
        self._save(next(number for name, number in names.items() if not name.startswith(("ftrackreview", "thumbnail"))), file)

    def _save(self, component: str, file: Path) -> None:
        address = f"{self.url}/component/get?id={component}&username=sakura&apiKey={person_key(PASSWORD, 'sakura')}"
        with urllib.request.urlopen(address, timeout=20) as answer:
            file.write_bytes(answer.read())

    def summary(self, cut: Cut) -> str:
        shot = self._as().query(f'select custom_attributes from Shot where id is "{self.shot(cut)}"').one()
        return str(shot["custom_attributes"]["haikei_summary"] or "")

    def thumbnails(self, cut: Cut, task: str = "") -> tuple[Any, Any]:
        session = self._as()
        shot = session.query(f'select thumbnail_id from Shot where id is "{self.shot(cut)}"').one()["thumbnail_id"]
        return shot, session.query(f'select thumbnail_id from Task where id is "{task}"').one()["thumbnail_id"] if task else None

    def approval_event(self, cut: Cut) -> str:
        query = f'select id from TypedContextStatusChange where parent_id is "{self.layout_task(cut)}"'
        return f"status:{self._as().query(query).first()['id']}"

    def newest_change(self) -> Any:
        return self._as().query("select id from Event order by id descending").first()["id"]


def _named(user: Any, group: str) -> str:
    return " ".join(filter(None, (user["last_name"], user["first_name"]))) or user["username"] if user else group


def _seen(record: Any) -> SeenVersion:
    data, marks = dict(record["metadata"]), dict(record["custom_attributes"])
    files = [f"{each['name']}{each['file_type'] or ''}" for each in record["components"]]
    return SeenVersion(
        id=record["id"],
        name=data.get("haikei.name") or record["asset"]["name"],
        standing=_STANDINGS[record["status"]["name"]],
        type=data.get("haikei.type") or record["asset"]["type"]["name"],
        task=record["task_id"] or "",
        file=next((file for file in files if not file.startswith(("ftrackreview", "thumbnail"))), ""),
        description=record["comment"] or "",
        playlists=[each["name"] for each in record["lists"]],
        key=data.get("haikei.key", ""),
        declares_ai=marks.get("haikei_ai_used") is True or data.get("haikei.ai_used") == "true",
    )
