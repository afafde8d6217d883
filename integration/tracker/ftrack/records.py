"""ftrack's entities to our words. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

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
from integration.tracker.figures import estimate, frame_range
from integration.tracker.ftrack.query_text import is_id
from integration.tracker.ftrack.spelling import Spelling
from integration.tracker_settings import SceneFields

KEY = "haikei.key"
"""The metadata that holds our key on everything we make."""
MADE = "haikei.made"
"""The metadata that holds the id of what we made: a person's copy carries that of another, and so is none of ours."""
NAME = "haikei.name"
"""The metadata for a name where ftrack gives its own: of Versions, and the subject of Notes."""
TYPE = "haikei.type"
"""The metadata for the type of a Version that we made."""
ABOUT = "haikei.about"
"""The metadata of a Note for all it is about, as JSON; ftrack hangs a Note on one entity."""
SUMMARY_DATA, EVIDENCE_DATA, AI_USED_DATA = "haikei.summary", "haikei.evidence", "haikei.ai_used"
"""Metadata for what we write where the attribute for it is missing or may not be written."""

AI_USED = "haikei_ai_used"
"""The checkbox by which whoever hands a Version in declares that AI was used in it."""
GENZU = "haikei_genzu"
"""The checkbox that marks a Version as the genzu."""
SUMMARY = "haikei_summary"
"""The text in which haikei says what the record holds."""
EVIDENCE = "haikei_evidence"
"""The address that leads there."""
AI_POLICY = "haikei_ai_policy"
"""The text of a Project that holds its AI policy."""
OUTCOME = "haikei_outcome"
"""The list of a Version in which people say what became of a draft."""
NO_DRAFT = "haikei_no_draft"
"""The checkbox of a Shot or Asset Build by which it is painted without a draft."""
FIRST_FRAME, LAST_FRAME = "fstart", "fend"
"""The numbers of a Shot's first and last frame, where a studio has these attributes; new sites come with them."""

BACKGROUNDS = ("Shot", "AssetBuild")
"""What backgrounds hang on."""
METADATA, ATTRIBUTES = "metadata.key, metadata.value", "custom_attributes.key, custom_attributes.value"
"""What is asked for them; by itself, a value of an attribute would show its key alone."""


def _under(path: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{path}.{name}" for name in names)


TASK_FIELDS = ", ".join(
    ("name", "type.name", "status.name", "parent_id", "parent.name", "assignments.resource_id", "assignments.type", "project_id", "bid")
)
"""What `to_task` reads."""
VERSION_FIELDS = ", ".join(
    (
        *("version", "date", "user_id", "task_id", "status.name", "asset.name", "asset.type.name", METADATA, ATTRIBUTES),
        *_under("asset.parent", "id", "project_id"),
        *_under("task.parent", "id", "name"),
        *_under("task", "project_id"),
        *_under("components", "id", "name", "file_type", "size", "component_locations.location_id"),
    )
)
"""What `to_version` reads."""
BACKGROUND_FIELDS = ", ".join(
    ("name", "status.name", ATTRIBUTES, "ancestors.name", "incoming_links.from.name", "outgoing_links.to.name", "project_id")
)
"""What `to_background` reads."""
TIME_LOG_FIELDS = ", ".join(("start", "duration", "user_id", "context_id", *_under("context", "id", "project_id")))
"""What `to_time_log` reads."""
NOTE_FIELDS = ", ".join(
    ("content", "date", "user_id", "parent_id", "parent_type", METADATA, *_under("note_components.component", "id", "name", "file_type"))
)
"""What `to_note` reads."""
PARENT_FIELDS = {
    "TypedContext": ", ".join(("parent_id", "project_id")),
    "AssetVersion": ", ".join(("task_id", *_under("asset.parent", "id", "project_id"), *_under("task", "project_id"))),
    "Project": "name, full_name",
}
"""What is asked of whatever a Note may hang on, to know its project and kind."""
PERSON_FIELDS = {"User": f"username, email, first_name, last_name, is_active, {ATTRIBUTES}", "Group": "name"}
"""What `person` reads of each kind."""

SERVER_LOCATION = "3a372bde-05bc-11e4-8908-20c9d081909b"
"""The location ``ftrack.server``, whose id is the same at every site: where we put files."""
SERVED = (SERVER_LOCATION, "cd41be70-8809-11e3-b98a-20c9d081909b")
"""The locations whose files the site hands out; the other is ``ftrack.review``."""
NAME_EN, ROLE = "name_en", "role"
"""Keys of a User's custom attributes, where a studio has them: the name in Latin letters, and what somebody does in its shows."""
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NOT_THE_FILE = ("ftrackreview", "thumbnail")
_PLAYABLE = "ftrackreview-image"


def words(value: Any) -> str:
    """`value` as text: a list joined by commas, nothing for nothing."""
    if value is None or value is False:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(words, value)))
    return str(value).strip()


def mapped(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The metadata or custom attributes of an entity, by key."""
    held = record.get(name)
    return {str(each.get("key")): each.get("value") for each in held if isinstance(each, Mapping)} if isinstance(held, list) else {}


def key_of(record: Mapping[str, Any]) -> str:
    """Our key on what we made ourselves; empty on all else, and on a person's copy of it."""
    data = mapped(record, "metadata")
    return words(data.get(KEY)) if data.get(MADE) == record.get("id") else ""


def person(record: Mapping[str, Any], *, me: str) -> Person | None:
    """The person or group of `record`; `me` is the id of the user we act as. East Asian names begin with the family's."""
    if record.get("__entity_type__") == "Group":
        return Person(id=PersonId(f"Group:{record['id']}"), name=words(record.get("name")) or "?", kind=PersonKind.GROUP)
    if record.get("__entity_type__") != "User":
        return None
    parts, marks = [words(record.get("first_name")).strip(), words(record.get("last_name")).strip()], mapped(record, "custom_attributes")
    name = " ".join(filter(None, parts[::-1] if _EAST_ASIAN.search("".join(parts)) else parts))
    return Person(
        id=PersonId(f"User:{record['id']}"),
        name=name or words(record.get("username")) or words(record.get("email")) or "?",
        name_en=words(marks.get(NAME_EN)),
        role=words(marks.get(ROLE)),
        kind=PersonKind.SCRIPT if record["id"] == me else PersonKind.HUMAN,
    )


def to_project(record: Mapping[str, Any]) -> Project:
    """A Project: people see its full name."""
    return Project(id=ProjectId(str(record["id"])), name=words(record.get("full_name")) or words(record.get("name")) or str(record["id"]))


def _shown(number: str, shows: Mapping[str, Project]) -> Project:
    return shows.get(number) or Project(id=ProjectId(number), name=number)


def project_of(record: Mapping[str, Any] | None) -> str:
    """The id of the project that anything stands in, or is; empty for none."""
    held = record or {}
    return str((held.get("id") if held.get("__entity_type__") == "Project" else held.get("project_id")) or "")


def project_of_version(record: Mapping[str, Any]) -> str:
    """The same of an AssetVersion."""
    return project_of((record.get("asset") or {}).get("parent")) or project_of(record.get("task"))


def background_id(record: Mapping[str, Any] | None) -> BackgroundId | None:
    """``Shot:<uuid>`` for what backgrounds hang on, None for anything else."""
    if not record or record.get("__entity_type__") not in BACKGROUNDS:
        return None
    return BackgroundId(f"{record['__entity_type__']}:{record['id']}")


def to_task(record: Mapping[str, Any], *, spelling: Spelling, people: Mapping[str, Person], shows: Mapping[str, Project]) -> Task:
    """A Task; `people` holds everybody by the resource's id, `shows` the projects."""
    return Task(
        id=TaskId(str(record["id"])),
        project=_shown(project_of(record), shows),
        name=words(record.get("name")),
        step=spelling.step(words((record.get("type") or {}).get("name"))),
        status=spelling.status(words((record.get("status") or {}).get("name"))),
        background=background_id(record.get("parent")),
        assignees=tuple(people[each] for each in resources_of(record) if each in people),
        bid_minutes=_bid(record.get("bid")),
    )


def _bid(seconds: Any) -> int | None:
    """Ftrack keeps a bid in seconds, whatever unit a site shows it in, and 0 where nobody made one."""
    return estimate(seconds / 60) if isinstance(seconds, int | float) and not isinstance(seconds, bool) else None


def resources_of(record: Mapping[str, Any]) -> list[str]:
    """Ids of those who are assigned to a Task, each once."""
    held = record.get("assignments") or ()
    return list(
        dict.fromkeys(
            str(each["resource_id"]) for each in held if each.get("type", "assignment") == "assignment" and each.get("resource_id")
        )
    )


def to_version(
    record: Mapping[str, Any], *, spelling: Spelling, people: Mapping[str, Person], shows: Mapping[str, Project]
) -> Version | None:
    """An AssetVersion; None for one that stands in no project."""
    asset, task = record.get("asset") or {}, record.get("task") or {}
    above = asset.get("parent") or {}
    project = project_of_version(record)
    if not project:
        return None
    data, marks, key = mapped(record, "metadata"), mapped(record, "custom_attributes"), key_of(record)
    own = data if key else {}
    return Version(
        id=VersionId(str(record["id"])),
        project=_shown(project, shows),
        name=words(own.get(NAME)) or f"{words(asset.get('name'))} v{int(record.get('version') or 0):03}",
        status=spelling.status(words((record.get("status") or {}).get("name"))),
        version_type=words(own.get(TYPE)) if key else words((asset.get("type") or {}).get("name")),
        created_at=at(record.get("date")),
        by=people.get(str(record.get("user_id"))),
        task=TaskId(str(record["task_id"])) if record.get("task_id") else None,
        background=background_id(above) or background_id(task.get("parent")),
        media=media_of(record.get("components") or ()),
        key=key,
        is_genzu=marks.get(GENZU) is True,
        declares_ai=marks.get(AI_USED) is True or words(own.get(AI_USED_DATA)) == "true",
    )


def media_of(components: Iterable[Mapping[str, Any]]) -> Media | None:
    """The file of a Version: what somebody put there, else what the site made of it to be looked at in a browser.

    A component that the site cannot hand out, or whose name is the site's own for thumbnails, is none.
    """
    stored = [each for each in components if any(place.get("location_id") in SERVED for place in each.get("component_locations") or ())]
    first = sorted(
        (each for each in stored if not words(each.get("name")).startswith(_NOT_THE_FILE)),
        key=lambda each: (each.get("name") != "main", words(each.get("name")), str(each["id"])),
    )
    shown = [each for each in stored if each.get("name") == _PLAYABLE]
    return next((to_media(each) for each in (*first, *shown)), None)


def to_media(component: Mapping[str, Any]) -> Media:
    """A component as a file, named with its ending."""
    name, ending = words(component.get("name")), words(component.get("file_type"))
    ending = f".{ending.lstrip('.')}" if ending else ""
    return Media(id=str(component["id"]), name=name if name.lower().endswith(ending.lower()) else f"{name}{ending}")


def to_background(record: Mapping[str, Any], scene: SceneFields, spelling: Spelling, shows: Mapping[str, Project]) -> Background:
    """A Shot or an Asset Build; `scene` names the custom attributes that say what the place looks like."""
    marks, kind = mapped(record, "custom_attributes"), record["__entity_type__"]
    linked = [each.get("from") for each in record.get("incoming_links") or ()] + [
        each.get("to") for each in record.get("outgoing_links") or ()
    ]
    shots = [record] if kind == "Shot" else [each for each in linked if each and each.get("__entity_type__") == "Shot"]
    shots = list({each["id"]: each for each in shots}.values())
    above = {each.get("__entity_type__"): words(each.get("name")) for each in record.get("ancestors") or ()}
    return Background(
        id=BackgroundId(f"{kind}:{record['id']}"),
        project=_shown(project_of(record), shows),
        code=words(record.get("name")),
        shots=tuple(_shot(each) for each in shots),
        status=spelling.status(words((record.get("status") or {}).get("name"))),
        episode=above.get("Episode") or above.get("Sequence") or "",
        no_draft=marks.get(NO_DRAFT) is True,
        **{name: words(marks.get(field)) for name, field in scene.model_dump().items() if field},
    )


def _shot(record: Mapping[str, Any]) -> Shot:
    """A Shot, or one that was linked to, whose attributes were not asked for. ftrack keeps no order of cuts."""
    marks = mapped(record, "custom_attributes")
    first, last = frame_range(marks.get(FIRST_FRAME), marks.get(LAST_FRAME))
    return Shot(id=ShotId(str(record["id"])), code=words(record.get("name")), first_frame=first, last_frame=last)


def to_time_log(record: Mapping[str, Any], *, zone: ZoneInfo, people: Mapping[str, Person], shows: Mapping[str, Project]) -> TimeLog | None:
    """A Timelog, whose duration ftrack keeps in seconds; None for one that is in no project.

    ftrack says neither when it was written nor by whom. `zone` is the studio's, in which its day is told.
    """
    context = record.get("context") or {}
    project = project_of(context)
    if not project:
        return None
    start = record.get("start")
    return TimeLog(
        id=TimeLogId(str(record["id"])),
        project=_shown(project, shows),
        task=TaskId(str(context["id"])) if context.get("__entity_type__") == "Task" else None,
        person=people.get(str(record.get("user_id"))),
        entered_by=None,
        minutes=_minutes(record.get("duration")),
        day=_day(start.astimezone(zone).date()) if isinstance(start, datetime) else None,
        changed_at=at(start),
    )


def _minutes(seconds: Any) -> int | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= LONGEST_LOG_MINUTES * 60:
        return None
    return max(1, round(seconds / 60))


def _day(day: date) -> date | None:
    return day if 2000 <= day.year < 2100 else None


def to_note(record: Mapping[str, Any], parent: Mapping[str, Any], project: Project, *, people: Mapping[str, Person]) -> Note:
    """A Note; `parent` is what it hangs on. What it is about besides stands in our metadata, on Notes of ours."""
    own = mapped(record, "metadata") if key_of(record) else {}
    about, subject = _about(own.get(ABOUT)), words(own.get(NAME))
    kind, number = parent.get("__entity_type__"), str(record.get("parent_id"))
    files = [each.get("component") or {} for each in record.get("note_components") or ()]
    background = background_id(parent) or next((BackgroundId(each) for each in about.get("background", ())), None)
    content = str(record.get("content") or "")
    return Note(
        id=NoteId(str(record["id"])),
        project=project,
        by=people.get(str(record.get("user_id"))),
        created_at=at(record.get("date")),
        subject=subject,
        content=content.removeprefix(f"{subject}\n\n") if subject else content,
        background=background,
        tasks=_each(TaskId, [number] if kind == "Task" else [], about.get("tasks", ())),
        versions=_each(VersionId, [number] if kind == "AssetVersion" else [], about.get("versions", ())),
        attachments=tuple(to_media(each) for each in sorted((each for each in files if each.get("id")), key=lambda each: str(each["id"]))),
    )


def _each(kind: Any, *ids: Iterable[str]) -> tuple[Any, ...]:
    return tuple(kind(each) for each in dict.fromkeys(one for some in ids for one in some))


def _about(text: Any) -> dict[str, list[str]]:
    """What `ABOUT` holds; nothing where somebody spoilt it."""
    try:
        held = json.loads(str(text)) if text else {}
    except ValueError:
        return {}
    if not isinstance(held, dict):
        return {}
    return {
        str(name): [one for one in ids if isinstance(one, str) and is_id(one.rpartition(":")[2])]
        for name, ids in held.items()
        if isinstance(ids, list)
    }


def at(value: Any) -> datetime:
    """A moment, aware UTC; the first second of all where the site names none."""
    return value if isinstance(value, datetime) else datetime.fromtimestamp(0, UTC)
