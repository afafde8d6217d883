"""A ShotGrid site for the contract suite: the sandbox, worked on by people through the vendor's client."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import shotgun_api3
from pydantic import SecretStr

from integration.production import BackgroundId, NoteId, Person, PersonId, PersonKind, Project, ProjectId, TaskId, TimeLogId, VersionId
from integration.sandbox.server import RunningSandbox, start_sandbox
from integration.settings import ProjectSettings
from integration.tracker.protocol import Tracker
from integration.tracker.shotgrid import open_shotgrid
from integration.tracker_settings import ShotGridSettings
from tests.contract.tracker.sites import Call, Trouble

PASSWORD = "a-password-of-the-tests"
PROJECT = {"type": "Project", "id": 70, "name": "雨の街"}
ARTIST, LEFT, COORDINATOR = 41, 42, 43
STEPS = {("Shot", "Layout"): 11, ("Shot", "Background"): 12, ("Asset", "Layout"): 13, ("Asset", "Background"): 14}
STATUSES: dict[Trouble, int | Literal["reset"]] = {
    Trouble.BUSY: 429,
    Trouble.DOWN: 503,
    Trouble.CUT: "reset",
    Trouble.CUT_AFTER: "reset",
    Trouble.ANSWER_LOST: 502,
}
KINDS = {"version": ("Version", "code"), "task": ("Task", "content"), "note": ("Note", "subject"), "playlist": ("Playlist", "code")}


def write_seed(folder: Path) -> Path:
    """A show with steps, three people and a group; no cuts yet."""
    people = [(ARTIST, "sato", "佐藤 花", "act"), (LEFT, "left", "去 太郎", "dis"), (COORDINATOR, "shinko", "進行 めい", "act")]
    entities: list[dict[str, Any]] = [
        *(
            {
                "type": "HumanUser",
                "id": number,
                "login": login,
                "name": name,
                "email": f"{login}@example.com",
                "sg_status_list": status,
                "password_proxy": PASSWORD,
            }
            for number, login, name, status in people
        ),
        {"type": "ApiUser", "id": 5, "firstname": "haikei", "salted_password": "a-key-of-the-tests"},
        {"type": "Group", "id": 8, "code": "背景班", "users": [{"type": "HumanUser", "id": number} for number in (ARTIST, LEFT)]},
        PROJECT,
        *({"type": "Step", "id": number, "code": code, "entity_type": kind} for (kind, code), number in STEPS.items()),
    ]
    seed = folder / "seed.json"
    seed.write_text(json.dumps({"entities": entities}, ensure_ascii=False), encoding="utf-8")
    return seed


@contextmanager
def running_shotgrid(folder: Path) -> Iterator["ShotGridSite"]:
    """A site that lives in `folder` and was never set up."""
    with start_sandbox(write_seed(folder), folder=folder / "studio") as sandbox:
        site = ShotGridSite(sandbox)
        yield site
        site.close()


class ShotGridSite:
    """See `Site`."""

    project = Project(id=ProjectId(str(PROJECT["id"])), name=str(PROJECT["name"]))
    artist = Person(id=PersonId(f"HumanUser:{ARTIST}"), name="佐藤 花")
    coordinator = Person(id=PersonId(f"HumanUser:{COORDINATOR}"), name="進行 めい")
    group = Person(id=PersonId("Group:8"), name="背景班", kind=PersonKind.GROUP)
    left = PersonId(f"HumanUser:{LEFT}")
    layout_step, background_step = "Layout", "Background"
    ready, approved, reviewed, omitted, draft_type = "rdy", "apr", "rev", "omt", "AI draft"
    deletes_for_good, says_who_entered_time, dates_all_time, keeps_cut_order, works_bare = False, True, False, True, False
    lists_filled_by = Call.UPDATE

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self.tracker: Tracker = self.opened_again()
        self._person = self._signed_in("shinko")
        self._artist = self._signed_in("sato")

    def close(self) -> None:
        self._person.close()
        self._artist.close()

    def _signed_in(self, login: str) -> shotgun_api3.Shotgun:
        return shotgun_api3.Shotgun(self.sandbox.url, login=login, password=PASSWORD, convert_datetimes_to_utc=False)

    def opened_with_wrong_key(self) -> Tracker:
        return self._opened("not-the-key", 0.0)

    def opened_again(self, *, look_back_s: float = 0.0) -> Tracker:
        return self._opened(self.sandbox.api_key, look_back_s)

    def _opened(self, key: str, look_back_s: float) -> Tracker:
        settings = ShotGridSettings(url=self.sandbox.url, script_name=self.sandbox.script_name, api_key=SecretStr(key), timeout_s=20)
        return open_shotgrid(settings, {self.project.name: ProjectSettings()}, look_back_s, first_wait_s=0.0)

    def new_cut(self, code: str) -> BackgroundId:
        return BackgroundId(f"Shot:{self._made('Shot', code=code)}")

    def new_background(self, code: str, cuts: list[BackgroundId]) -> BackgroundId:
        shots = [{"type": "Shot", "id": int(cut.partition(":")[2])} for cut in cuts]
        return BackgroundId(f"Asset:{self._made('Asset', code=code, shots=shots)}")

    def new_task(self, background: BackgroundId, *, step: str, name: str, status: str, assigned: bool = False) -> TaskId:
        kind, _, number = background.partition(":")
        return TaskId(
            self._made(
                "Task",
                content=name,
                entity={"type": kind, "id": int(number)},
                step={"type": "Step", "id": STEPS[kind, step]},
                sg_status_list=status,
                task_assignees=[{"type": "HumanUser", "id": ARTIST}] if assigned else [],
            )
        )

    def _made(self, kind: str, **fields: Any) -> str:
        return str(self._person.create(kind, {"project": {"type": "Project", "id": PROJECT["id"]}, **fields})["id"])

    def approve(self, task: TaskId) -> None:
        self._person.update("Task", int(task), {"sg_status_list": self.approved})

    def retire_task(self, task: TaskId) -> None:
        self._person.delete("Task", int(task))

    def retire_version(self, version: VersionId) -> None:
        self._person.delete("Version", int(version))

    def hand_in(self, task: TaskId, name: str, picture: Path | None, *, is_genzu: bool = False, declares_ai: bool = False) -> VersionId:
        link = {"type": "Task", "id": int(task)}
        entity = self._person.find_one("Task", [["id", "is", int(task)]], ["entity"])["entity"]
        marks = {"sg_haikei_genzu": is_genzu, "sg_haikei_ai_used": declares_ai}
        version = self._made("Version", code=name, sg_task=link, entity=entity, **marks)
        if picture is not None:
            self._person.upload("Version", int(version), str(picture), field_name="sg_uploaded_movie")
        return VersionId(version)

    def revive_version(self, version: VersionId) -> None:
        self._person.revive("Version", int(version))

    def assign(self, task: TaskId) -> None:
        self._person.update("Task", int(task), {"task_assignees": [{"type": "HumanUser", "id": ARTIST}]})

    def set_background_status(self, background: BackgroundId, status: str) -> None:
        kind, _, number = background.partition(":")
        self._person.update(kind, int(number), {"sg_status_list": status})

    def set_place(self, background: BackgroundId, place: str) -> Person:
        self._person.update("Shot", int(background.partition(":")[2]), {"sg_place": place})
        return self.coordinator

    def set_bid(self, task: TaskId, minutes: int | None) -> None:
        self._person.update("Task", int(task), {"est_in_mins": minutes})

    def set_cut(self, background: BackgroundId, *, order: int, first: int, last: int) -> None:
        cut = {"sg_cut_order": order, "sg_cut_in": first, "sg_cut_out": last}
        self._person.update("Shot", int(background.partition(":")[2]), cut)

    def write_policy(self, text: str, *, login: str) -> None:
        signed_in = self._signed_in(login) if login != self.sandbox.script_name else self._as_script()
        signed_in.update("Project", PROJECT["id"], {"sg_haikei_ai_policy": text})
        signed_in.close()

    def _as_script(self) -> shotgun_api3.Shotgun:
        return shotgun_api3.Shotgun(self.sandbox.url, script_name=self.sandbox.script_name, api_key=self.sandbox.api_key)

    def assign_both(self, task: TaskId) -> None:
        both = [{"type": "HumanUser", "id": number} for number in (ARTIST, COORDINATOR)]
        self._person.update("Task", int(task), {"task_assignees": both})

    def write_note(self, version: VersionId, content: str) -> NoteId:
        entity = self._person.find_one("Version", [["id", "is", int(version)]], ["entity"])["entity"]
        links = [{"type": "Version", "id": int(version)}, entity]
        return NoteId(self._made("Note", subject="チェック", content=content, note_links=links))

    def draw_on(self, note: NoteId, picture: Path, *, in_field: bool = True) -> None:
        self._person.upload("Note", int(note), str(picture), field_name="attachments" if in_field else None)

    def say_outcome(self, version: VersionId, said: str | None) -> None:
        self._person.update("Version", int(version), {"sg_haikei_outcome": said})

    def tick_no_draft(self, background: BackgroundId) -> None:
        kind, _, number = background.partition(":")
        self._person.update(kind, int(number), {"sg_haikei_no_draft": True})

    def copy_version(self, version: VersionId) -> VersionId:
        fields = ["code", "sg_task", "entity", "sg_status_list", "sg_version_type", "sg_haikei_key"]
        record = self._person.find_one("Version", [["id", "is", int(version)]], fields)
        return VersionId(self._made("Version", **{field: record[field] for field in fields}))

    def log_time(self, task: TaskId | None, minutes: int | None, *, day: str | None = None, by_artist: bool = True) -> TimeLogId:
        fields = {
            "project": {"type": "Project", "id": PROJECT["id"]},
            "entity": {"type": "Task", "id": int(task)} if task else None,
            "user": {"type": "HumanUser", "id": ARTIST},
            "duration": minutes,
            "date": day,
        }
        return TimeLogId(str(self._of(by_artist).create("TimeLog", fields)["id"]))

    def change_time(self, time_log: TimeLogId, minutes: int | None, *, by_artist: bool = True) -> None:
        self._of(by_artist).update("TimeLog", int(time_log), {"duration": minutes})

    def move_time(self, time_log: TimeLogId, task: TaskId) -> None:
        self._artist.update("TimeLog", int(time_log), {"entity": {"type": "Task", "id": int(task)}})

    def give_time(self, time_log: TimeLogId, *, to: int) -> None:
        """The artist says that the hours are another person's."""
        self._artist.update("TimeLog", int(time_log), {"user": {"type": "HumanUser", "id": to}})

    def scripts_time(self, task: TaskId, minutes: int) -> TimeLogId:
        """Hours in a script's own name."""
        script = {"type": "ApiUser", "id": 5}
        return TimeLogId(self._made("TimeLog", entity={"type": "Task", "id": int(task)}, user=script, duration=minutes))

    def loose_task(self) -> TaskId:
        """A task that hangs on nothing."""
        return TaskId(self._made("Task", content="meeting"))

    def retire_time(self, time_log: TimeLogId) -> None:
        self._person.delete("TimeLog", int(time_log))

    def revive_time(self, time_log: TimeLogId) -> None:
        self._artist.revive("TimeLog", int(time_log))

    def _of(self, artist: bool) -> shotgun_api3.Shotgun:
        return self._artist if artist else self._person

    def count(self, kind: str, name: str) -> int:
        if kind == "in playlist":
            return len(self._person.find_one("Playlist", [["id", "is", int(name)]], ["versions"])["versions"])
        entity, field = KINDS[kind]
        return len(self._person.find(entity, [[field, "is", name]]))

    def files_on(self, task: TaskId) -> list[str]:
        found = self._person.find("Attachment", [["attachment_links", "is", {"type": "Task", "id": int(task)}]], ["filename"])
        return sorted(each["filename"] for each in found)

    def note_text(self, note: str) -> str:
        return str(self._person.find_one("Note", [["id", "is", int(note)]], ["content"])["content"])

    def hide_status(self, status: str) -> None:
        self._person.schema_field_update("Task", "sg_status_list", {"hidden_values": [status]}, project_entity=PROJECT)

    def trouble(self, what: Trouble, on: Call, *, times: int = 1) -> None:
        lost = what in (Trouble.ANSWER_LOST, Trouble.CUT_AFTER)
        method = {Call.READ: "read", Call.CREATE: "create", Call.UPDATE: "update", Call.UPLOAD: "link_file" if lost else "upload_put"}[on]
        self.sandbox.faults.fail(method, times=times, status=STATUSES[what], after=lost)

    def broken_downloads(self, times: int) -> None:
        self.sandbox.faults.truncate_downloads = times

    @contextmanager
    def lost_meta(self) -> Iterator[None]:
        self.sandbox.faults.null_meta = 100
        yield
        self.sandbox.faults.null_meta = 0

    @contextmanager
    def late_events(self) -> Iterator[None]:
        self.sandbox.faults.hold_events_s = 1.0
        yield
        self.sandbox.faults.hold_events_s = 0.0
