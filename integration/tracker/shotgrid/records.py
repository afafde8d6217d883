"""ShotGrid's dictionaries to our words. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from integration.production import (
    LONGEST_LOG_MINUTES,
    Background,
    BackgroundId,
    Media,
    Note,
    NoteId,
    Person,
    PersonId,
    PersonKind,
    Project,
    ProjectId,
    Shot,
    ShotId,
    Task,
    TaskId,
    TimeLog,
    TimeLogId,
    Version,
    VersionId,
)
from integration.tracker.figures import estimate, frame_range, whole
from integration.tracker_settings import SceneFields

KEY = "sg_haikei_key"
"""The text field that holds our key on everything we make."""
AI_USED = "sg_haikei_ai_used"
"""The checkbox by which whoever hands a Version in declares that AI was used in it."""
GENZU = "sg_haikei_genzu"
"""The checkbox that marks a Version as the genzu."""
SUMMARY = "sg_haikei_summary"
"""The text field in which haikei says what the record holds."""
EVIDENCE = "sg_haikei_evidence"
"""The link field that leads there."""
AI_POLICY = "sg_haikei_ai_policy"
"""The text field of a Project that holds its AI policy."""
OUTCOME = "sg_haikei_outcome"
"""The list field of a Version in which people say what became of a draft."""
NO_DRAFT = "sg_haikei_no_draft"
"""The checkbox of a Shot or Asset by which it is painted without a draft."""
STATUS = "sg_status_list"
UPLOAD = "sg_uploaded_movie"
VERSION_TYPE = "sg_version_type"

TASK_FIELDS = [
    "content",
    "project",
    "step",
    "step.Step.code",
    "step.Step.short_name",
    STATUS,
    "entity",
    "task_assignees",
    "task_reviewers",
    "est_in_mins",
]
"""What `to_task` reads."""
VERSION_FIELDS = [
    "code",
    "project",
    STATUS,
    VERSION_TYPE,
    "created_at",
    "created_by",
    "user",
    "sg_task",
    "entity",
    UPLOAD,
    KEY,
    GENZU,
    AI_USED,
]
"""What `to_version` reads."""
TIME_LOG_FIELDS = [
    "project",
    "entity",
    "entity.Task.project",
    "user",
    "duration",
    "date",
    "created_at",
    "updated_at",
    "created_by",
    "updated_by",
]
"""What `to_time_log` reads."""
NOTE_FIELDS = ["subject", "content", "project", "user", "created_by", "created_at", "note_links", "tasks", "attachments"]
"""What `to_note` reads."""
CUT_FIELDS = ["sg_cut_order", "sg_cut_in", "sg_cut_out"]
"""Where a Shot stands in the cut, and its frames."""
SHOT_FIELDS = ["code", "project", STATUS, NO_DRAFT, "sg_episode", "episode", "sg_sequence", "sg_sequence.Sequence.episode", *CUT_FIELDS]
"""What `to_background` reads of a Shot, with the scene fields of settings; a site may have any of those or none."""
ASSET_FIELDS = ["code", "project", STATUS, NO_DRAFT, "shots", "sg_shots", "sg_episode", "episodes"]
"""The same of an Asset or a custom entity."""
PERSON_FIELDS = {
    "HumanUser": ["name", "login", "email", STATUS, "sg_name_en", "sg_role", "department"],
    "Group": ["code"],
    "ApiUser": ["firstname"],
}
"""What `person` reads of each kind."""

_KINDS = {"HumanUser": PersonKind.HUMAN, "ClientUser": PersonKind.HUMAN, "Group": PersonKind.GROUP, "ApiUser": PersonKind.SCRIPT}
_NAMES = ("name", "code", "display_name", "firstname", "content", "cached_display_name")


def utc(moment: datetime) -> datetime:
    """`moment` as the client gives it, without a zone, in UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def words(value: Any) -> str:
    """`value` as text: a link's name, a list joined by commas, nothing for nothing."""
    if value is None or value is False:
        return ""
    if isinstance(value, Mapping):
        return next((str(value[name]) for name in _NAMES if value.get(name)), "")
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(words, value)))
    return str(value)


def person(record: Mapping[str, Any] | None) -> Person | None:
    """The person, group or script that `record` links to or holds."""
    if not record or record.get("type") not in _KINDS:
        return None
    return Person(
        id=PersonId(f"{record['type']}:{record['id']}"),
        name=words(record) or f"{record['type']} {record['id']}",
        name_en=words(record.get("sg_name_en")),
        role=words(record.get("sg_role")) or words(record.get("department")),
        kind=_KINDS[record["type"]],
    )


def people(records: Iterable[Mapping[str, Any]] | None) -> tuple[Person, ...]:
    """Everybody in `records`."""
    return tuple(found for found in map(person, records or ()) if found)


def to_project(record: Mapping[str, Any]) -> Project:
    """A Project, or a link to one."""
    return Project(id=ProjectId(str(record["id"])), name=words(record))


def to_task(record: Mapping[str, Any], *, step_names: Mapping[str, str]) -> Task:
    """A Task; `step_names` holds settings' spelling of a step by its lower-case name."""
    return Task(
        id=TaskId(str(record["id"])),
        project=to_project(record["project"]),
        name=words(record.get("content")),
        step=_step(record, step_names),
        status=words(record.get(STATUS)),
        background=link_id(record.get("entity")),
        assignees=people(record.get("task_assignees")),
        reviewers=people(record.get("task_reviewers")),
        bid_minutes=estimate(record.get("est_in_mins")),
    )


def _step(record: Mapping[str, Any], step_names: Mapping[str, str]) -> str:
    names = [words(record.get(field)) for field in ("step.Step.code", "step.Step.short_name", "step")]
    return next((step_names[name.casefold()] for name in names if name.casefold() in step_names), next(filter(None, names), ""))


def to_version(record: Mapping[str, Any]) -> Version:
    """A Version. A key counts only on what a script made: a person's copy of a draft carries the key along and is no draft."""
    task = record.get("sg_task")
    return Version(
        id=VersionId(str(record["id"])),
        project=to_project(record["project"]),
        name=words(record.get("code")),
        status=words(record.get(STATUS)),
        version_type=words(record.get(VERSION_TYPE)),
        created_at=utc(record["created_at"]),
        by=person(record.get("user")) or person(record.get("created_by")),
        task=TaskId(str(task["id"])) if task else None,
        background=link_id(record.get("entity")),
        media=to_media(record.get(UPLOAD)),
        key=words(record.get(KEY)) if made_by_script(record) else "",
        is_genzu=record.get(GENZU) is True,
        declares_ai=record.get(AI_USED) is True,
    )


def to_time_log(record: Mapping[str, Any]) -> TimeLog | None:
    """A TimeLog, whose duration ShotGrid keeps in minutes; None for one that is in no project."""
    entity, project = record.get("entity") or {}, record.get("project") or record.get("entity.Task.project")
    minutes, changed_at = record.get("duration"), record.get("updated_at") or record["created_at"]
    if not project:
        return None
    return TimeLog(
        id=TimeLogId(str(record["id"])),
        project=to_project(project),
        task=TaskId(str(entity["id"])) if entity.get("type") == "Task" else None,
        person=person(record.get("user")),
        entered_by=person(record.get("updated_by")) or person(record.get("created_by")),
        minutes=minutes if type(minutes) is int and 0 < minutes <= LONGEST_LOG_MINUTES else None,
        day=_day(record.get("date")),
        changed_at=utc(changed_at),
    )


def _day(value: Any) -> date | None:
    """A date field; None for one that is empty or of another century."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None


def made_by_script(record: Mapping[str, Any]) -> bool:
    """Whether no person made it; true where the site does not say."""
    maker = record.get("created_by") or {}
    return bool(maker.get("type", "ApiUser") == "ApiUser")


def to_media(value: Any) -> Media | None:
    """The uploaded file in a url field; None for a local path or a web page, which cannot be fetched."""
    if not isinstance(value, Mapping) or value.get("link_type", "upload") != "upload" or not value.get("id"):
        return None
    return Media(id=str(value["id"]), name=words(value))


def to_background(record: Mapping[str, Any], scene: SceneFields, *, shared: str = "") -> Background:
    """A Shot, an Asset or a custom entity that backgrounds hang on.

    `scene` names the fields that say what the place looks like, `shared` that of a Shot's for other Shots its background serves.
    """
    cut = record["type"] == "Shot"
    linked = [record, *_links(record, shared)] if cut else [*_links(record, "shots"), *_links(record, "sg_shots")]
    linked = list({shot["id"]: shot for shot in linked}.values())
    episode = next((words(record[f]) for f in ("sg_episode", "episode", "sg_sequence.Sequence.episode", "episodes") if record.get(f)), "")
    return Background(
        id=BackgroundId(f"{record['type']}:{record['id']}"),
        project=to_project(record["project"]),
        code=words(record),
        shots=tuple(_shot(shot) for shot in linked if shot.get("type", "Shot") == "Shot"),
        status=words(record.get(STATUS)),
        episode=episode or words(record.get("sg_sequence")),
        no_draft=record.get(NO_DRAFT) is True,
        **{name: words(record.get(field)) for name, field in scene.model_dump().items() if field},
    )


def _shot(record: Mapping[str, Any]) -> Shot:
    """A Shot, or a link to one, which does not say where it stands in the cut."""
    order, cut_in, cut_out = (record.get(field) for field in CUT_FIELDS)
    first, last = frame_range(cut_in, cut_out)
    return Shot(id=ShotId(str(record["id"])), code=words(record), cut_order=whole(order), first_frame=first, last_frame=last)


def _links(record: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    """What a field of links holds; nothing where it is no such field, or is missing."""
    held = record.get(field) if field else None
    return [each for each in held if isinstance(each, Mapping)] if isinstance(held, list | tuple) else []


def to_note(record: Mapping[str, Any], files: Iterable[Mapping[str, Any]] = ()) -> Note:
    """A Note; `files` are Attachments that name it without standing in its field."""
    links = [link for link in record.get("note_links") or () if link.get("id")]
    backgrounds = [link for link in links if link["type"] in ("Shot", "Asset") or link["type"].startswith("CustomEntity")]
    attached = {int(file["id"]): words(file) for file in (*(record.get("attachments") or ()), *files) if file.get("id")}
    return Note(
        id=NoteId(str(record["id"])),
        project=to_project(record["project"]),
        by=person(record.get("user")) or person(record.get("created_by")),
        created_at=utc(record["created_at"]),
        subject=words(record.get("subject")),
        content=words(record.get("content")),
        background=link_id(backgrounds[0]) if backgrounds else None,
        tasks=tuple(TaskId(str(task["id"])) for task in record.get("tasks") or ()),
        versions=tuple(VersionId(str(link["id"])) for link in links if link["type"] == "Version"),
        attachments=tuple(Media(id=str(number), name=name) for number, name in sorted(attached.items())),
    )


def link_id(link: Mapping[str, Any] | None) -> BackgroundId | None:
    """``Shot:1024`` for a link to Shot 1024."""
    return BackgroundId(f"{link['type']}:{link['id']}") if link else None


def link(identifier: str, default: str = "") -> dict[str, Any]:
    """The link that an id names: ``Shot:1024`` or, with `default`, ``1024``.

    Raises:
        ValueError: it is no such id.
    """
    kind, _, number = identifier.rpartition(":")
    if not (kind or default):
        raise ValueError(f"'{identifier}' names no kind of entity")
    return {"type": kind or default, "id": int(number)}
