"""The studio's floor on ShotGrid: the sandbox, worked on by people through the vendor's client."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import shotgun_api3

from integration.sandbox.server import RunningSandbox, start_sandbox
from integration.tracker.shotgrid.records import AI_POLICY
from tests.floor import SeenNote, SeenTask, SeenVersion, Standing
from tests.pretend_episode import BACKGROUND_STEP, LAYOUT_STEP, PASSWORD, PEOPLE, PROJECT_ID, Cut

KEY = "sg_haikei_key"
CODES = {
    Standing.WAITING: "wtg",
    Standing.READY: "rdy",
    Standing.WORKING: "ip",
    Standing.REVIEWING: "rev",
    Standing.APPROVED: "apr",
    Standing.OMITTED: "omt",
    Standing.DRAFT: "aidr",
    Standing.SUPERSEDED: "sup",
    Standing.RETAKE: "vwd",
    Standing.USED: "use",
    Standing.PARTLY_USED: "prt",
    Standing.NOT_USED: "nus",
}
_STANDINGS = {code: standing for standing, code in CODES.items()}
_STEPS = {"Layout": LAYOUT_STEP, "Background": BACKGROUND_STEP}
_VERSION = [
    *("code", "sg_status_list", "sg_version_type", "sg_task", "sg_uploaded_movie", "description", KEY, "playlists", "sg_haikei_ai_used"),
]
_OUTCOMES = ["used", "partly used", "not used", "from scratch", "layout only"]


@contextmanager
def signed_in(url: str, login: str = "sakura") -> Iterator[shotgun_api3.Shotgun]:
    """The tracker's real client, as a person."""
    client = shotgun_api3.Shotgun(url, login=login, password=PASSWORD)
    try:
        yield client
    finally:
        client.close()


def shotgrid_block(sandbox: RunningSandbox) -> str:
    """The part of the settings file that names the site."""
    return f'[shotgrid]\nurl = "{sandbox.url}"\nscript_name = "{sandbox.script_name}"\napi_key = "{sandbox.api_key}"'


class ShotGridFloor:
    """See `Floor`."""

    tracker = "shotgrid"
    errors: tuple[type[Exception], ...] = (shotgun_api3.ShotgunError, shotgun_api3.ProtocolError)
    remembers = True
    revives = True

    def __init__(self, seed: Path, folder: Path) -> None:
        """Open the site over the episode that `seed` holds."""
        self._open = ExitStack()
        self.sandbox = self._open.enter_context(start_sandbox(seed, folder=folder))
        self.url, self.faults = self.sandbox.url, self.sandbox.faults
        self.secrets = [self.url, self.url.partition("://")[2], self.sandbox.api_key]
        self._people: dict[str, shotgun_api3.Shotgun] = {}

    def close(self) -> None:
        self._open.close()

    def settings(self) -> str:
        return shotgrid_block(self.sandbox)

    def called(self, standing: Standing) -> str:
        return CODES[standing]

    def person(self, login: str) -> str:
        return f"HumanUser:{PEOPLE[login]}"

    def shot(self, cut: Cut) -> str:
        return str(cut.shot)

    def layout_task(self, cut: Cut) -> str:
        return str(cut.layout_task)

    def genzu(self, cut: Cut) -> str:
        return str(cut.genzu)

    def _as(self, login: str = "sakura") -> shotgun_api3.Shotgun:
        if login not in self._people:
            self._people[login] = self._open.enter_context(signed_in(self.url, login))
        return self._people[login]

    def set_task(self, task: str, standing: Standing, *, by: str = "sakura") -> None:
        self._as(by).update("Task", int(task), {"sg_status_list": CODES[standing]})

    def set_version(self, version: str, standing: Standing, *, by: str = "sakura") -> None:
        self._as(by).update("Version", int(version), {"sg_status_list": CODES[standing]})

    def set_shot(self, cut: Cut, standing: Standing) -> None:
        self._as().update("Shot", cut.shot, {"sg_status_list": CODES[standing]})

    def set_weather(self, cut: Cut, weather: str, *, by: str) -> None:
        self._as(by).update("Shot", cut.shot, {"sg_weather": weather})

    def tick_no_draft(self, cut: Cut, ticked: bool) -> None:
        self._as().update("Shot", cut.shot, {"sg_haikei_no_draft": ticked})

    def say_outcome(self, version: str, said: str | None, *, by: str = "artist") -> None:
        self._as(by).update("Version", int(version), {"sg_haikei_outcome": said})

    def offer_outcome(self, said: str) -> None:
        self._as().schema_field_update("Version", "sg_haikei_outcome", {"valid_values": [*_OUTCOMES, said]})

    def write_policy(self, text: str, *, by: str) -> None:
        self._as(by).update("Project", PROJECT_ID, {AI_POLICY: text})

    def new_task(self, cut: Cut, name: str, *, step: str, standing: Standing = Standing.WAITING, to: Sequence[str] = ()) -> str:
        fields: dict[str, Any] = {
            "content": name,
            "entity": _shot(cut),
            "step": {"type": "Step", "id": _STEPS[step]},
            "sg_status_list": CODES[standing],
        }
        people = [{"type": "HumanUser", "id": PEOPLE[login]} for login in to]
        return self._made("Task", **fields, task_assignees=people)

    def assign(self, task: str, login: str) -> None:
        self._as().update("Task", int(task), {"task_assignees": [{"type": "HumanUser", "id": PEOPLE[login]}]})

    def _made(self, kind: str, *, by: str = "sakura", **fields: Any) -> str:
        return str(self._as(by).create(kind, {"project": {"type": "Project", "id": PROJECT_ID}, **fields})["id"])

    def hand_in(
        self, cut: Cut, name: str, file: Path | None, *, task: str = "", kind: str = "", declares_ai: bool = False, by: str = "sakura"
    ) -> str:
        fields: dict[str, Any] = {"code": name, "entity": _shot(cut), "user": {"type": "HumanUser", "id": PEOPLE[by]}}
        fields |= {"sg_task": {"type": "Task", "id": int(task)}} if task else {}
        fields |= {"sg_version_type": kind} if kind else {}
        fields |= {"sg_haikei_ai_used": True} if declares_ai else {}
        version = self._made("Version", by=by, **fields)
        if file is not None:
            self._as(by).upload("Version", int(version), str(file), field_name="sg_uploaded_movie")
        return version

    def lose_file(self, version: str) -> None:
        held = self._as().find_one("Version", [["id", "is", int(version)]], ["sg_uploaded_movie"])
        self._as().delete("Attachment", held["sg_uploaded_movie"]["id"])

    def delete_version(self, version: str) -> None:
        self._as().delete("Version", int(version))

    def revive_version(self, version: str) -> None:
        self._as().revive("Version", int(version))

    def write_note(self, cut: Cut, version: str, text: str, *, by: str, drawing: Path | None = None) -> str:
        links = [{"type": "Version", "id": int(version)}, _shot(cut)]
        note = self._made("Note", by=by, subject="チェック", content=text, note_links=links)
        if drawing is not None:
            self._as(by).upload("Note", int(note), str(drawing), field_name="attachments")
        return note

    def log_time(self, cut: Cut, minutes: int) -> str:
        about = {"entity": {"type": "Task", "id": cut.layout_task}, "user": {"type": "HumanUser", "id": PEOPLE["layout"]}}
        return self._made("TimeLog", by="layout", duration=minutes, date="2026-11-20", **about)

    def change_time(self, time_log: str, minutes: int) -> None:
        self._as("layout").update("TimeLog", int(time_log), {"duration": minutes})

    def delete_time(self, time_log: str) -> None:
        self._as("layout").delete("TimeLog", int(time_log))

    def drafts(self, cut: Cut) -> list[SeenVersion]:
        return self._versions([["entity", "is", _shot(cut)], [KEY, "is_not", None]])

    def every_draft(self, prefix: str = "") -> list[SeenVersion]:
        return self._versions([[KEY, "starts_with", prefix] if prefix else [KEY, "is_not", None]])

    def version(self, version: str) -> SeenVersion:
        (found,) = self._versions([["id", "is", int(version)]])
        return found

    def _versions(self, filters: list[Any]) -> list[SeenVersion]:
        return [_seen(each) for each in self._as().find("Version", filters, _VERSION)]

    def notes(self, cut: Cut) -> list[SeenNote]:
        return self._notes([["note_links", "is", _shot(cut)]])

    def every_note(self) -> list[SeenNote]:
        return self._notes([])

    def _notes(self, filters: list[Any]) -> list[SeenNote]:
        found = self._as().find("Note", filters, ["subject", "content", "addressings_to", "note_links", "tasks"])
        return [
            SeenNote(
                subject=note["subject"],
                content=note["content"],
                to=[person["name"] for person in note["addressings_to"]],
                on=[str(each["id"]) for each in (*note["note_links"], *note["tasks"])],
            )
            for note in found
        ]

    def task(self, task: str) -> SeenTask:
        (found,) = self._tasks([["id", "is", int(task)]])
        return found

    def tasks(self, cut: Cut, name: str) -> list[SeenTask]:
        return self._tasks([["entity", "is", _shot(cut)], ["content", "is", name]])

    def every_task(self, name: str) -> list[SeenTask]:
        return self._tasks([["content", "is", name]])

    def _tasks(self, filters: list[Any]) -> list[SeenTask]:
        found = self._as().find("Task", filters, ["content", "step.Step.code", "sg_status_list", "task_assignees"])
        return [
            SeenTask(
                id=str(task["id"]),
                name=task["content"],
                step=task["step.Step.code"],
                standing=_STANDINGS[task["sg_status_list"]],
                assignees=[person["name"] for person in task["task_assignees"]],
            )
            for task in found
        ]

    def _attached(self, task: str) -> dict[str, Any]:
        filters = [["attachment_links", "is", {"type": "Task", "id": int(task)}]]
        return {each["filename"]: each["this_file"] for each in self._as().find("Attachment", filters, ["filename", "this_file"])}

    def files_on(self, task: str) -> list[str]:
        return sorted(self._attached(task))

    def fetch_attached(self, task: str, name: str, file: Path) -> None:
        self._as().download_attachment(self._attached(task)[name], file_path=str(file))

    def fetch(self, version: str, file: Path) -> None:
        held = self._as().find_one("Version", [["id", "is", int(version)]], ["sg_uploaded_movie"])
        self._as().download_attachment(held["sg_uploaded_movie"], file_path=str(file))

    def summary(self, cut: Cut) -> str:
        return str(self._as().find_one("Shot", [["id", "is", cut.shot]], ["sg_haikei_summary"])["sg_haikei_summary"] or "")

    def thumbnails(self, cut: Cut, task: str = "") -> tuple[Any, Any]:
        shot = self._as().find_one("Shot", [["id", "is", cut.shot]], ["image"])["image"]
        return shot, self._as().find_one("Task", [["id", "is", int(task)]], ["image"])["image"] if task else None

    def approval_event(self, cut: Cut) -> str:
        about = [["entity", "is", {"type": "Task", "id": cut.layout_task}], ["attribute_name", "is", "sg_status_list"]]
        return str(self._as().find_one("EventLogEntry", about)["id"])

    def newest_change(self) -> Any:
        order = [{"field_name": "id", "direction": "desc"}]
        return self._as().find_one("EventLogEntry", [["id", "greater_than", 0]], ["id"], order)


def _shot(cut: Cut) -> dict[str, Any]:
    return {"type": "Shot", "id": cut.shot}


def _seen(record: dict[str, Any]) -> SeenVersion:
    task = record["sg_task"]
    return SeenVersion(
        id=str(record["id"]),
        name=record["code"],
        standing=_STANDINGS[record["sg_status_list"]],
        type=record["sg_version_type"] or "",
        task=str(task["id"]) if task else "",
        file=(record["sg_uploaded_movie"] or {}).get("name") or "",
        description=record["description"] or "",
        playlists=[each["name"] for each in record["playlists"]],
        key=record[KEY] or "",
        declares_ai=record["sg_haikei_ai_used"] is True,
    )
