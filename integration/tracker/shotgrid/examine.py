"""Holds a site against what haikei needs, and looks for automation that may pick drafts up."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from integration.errors import TrackerError, TransientTrackerError
from integration.tracker.protocol import Finding, TrackerSteps, Verdict
from integration.tracker.shotgrid.connection import Client, Connection
from integration.tracker.shotgrid.records import KEY, STATUS, VERSION_TYPE, utc
from integration.tracker.shotgrid.schema import WANTED_FIELDS, Field, fields_of

_READ = (
    "Project",
    "Shot",
    "Asset",
    "Task",
    "Step",
    "Version",
    "Note",
    "Playlist",
    "TimeLog",
    "HumanUser",
    "Group",
    "EventLogEntry",
    "Attachment",
)
_CREATED = ("Version", "Task", "Note", "Playlist")
_EXTENDED = ("Project", "Shot", "Asset")
_WRITTEN = (
    f"create and update {', '.join(_CREATED)}",
    "upload pictures to Versions",
    "update Task.sg_status_list",
    "attach files to Tasks",
    "update haikei's own fields on Shots, Assets and Versions",
)
_RECENT = 20
_SOON = timedelta(minutes=1)


def examine(connection: Connection, wanted: TrackerSteps) -> Iterator[Finding]:
    """See `Tracker.examine`."""
    project = int(wanted.project)
    yield _project(connection, project)
    yield from _reading_rights(connection)
    yield from _writing_rights()
    yield _script(connection)
    fields = {kind: connection.tried(lambda sg, kind=kind: fields_of(sg, kind, project=project)) for kind in (*_CREATED, *_EXTENDED)}  # type: ignore[misc]
    yield from _fields(fields)
    yield from _steps(connection, wanted)
    yield from _statuses("Task", wanted.task_statuses, fields["Task"].get(STATUS))
    yield from _statuses("Version", wanted.version_statuses, fields["Version"].get(STATUS))
    yield from _types(wanted.version_types, fields["Version"].get(VERSION_TYPE))
    yield from _automation(connection, project)


def _project(connection: Connection, project: int) -> Finding:
    found = connection.tried(lambda sg: sg.find_one("Project", [["id", "is", project]], ["name", "archived"]))
    subject = f"project {project}"
    if found is None:
        return Finding(
            subject=subject,
            verdict=Verdict.FAILED,
            detail="not to be seen",
            remedy="Ask the ShotGrid admin to add the script to the project, or correct its id.",
        )
    if found.get("archived"):
        return Finding(
            subject=subject, verdict=Verdict.WARNING, detail=f"{found['name']} is archived", remedy="Remove it from haikei.toml."
        )
    return Finding(subject=subject, verdict=Verdict.OK, detail=str(found["name"]))


def _reading_rights(connection: Connection) -> Iterator[Finding]:
    for kind in _READ:
        try:
            found = connection.tried(lambda sg, kind=kind: sg.find_one(kind, [], ["id"]))  # type: ignore[misc]
        except TransientTrackerError:
            raise
        except TrackerError as error:
            yield Finding(
                subject=f"right to read {kind}",
                verdict=Verdict.FAILED,
                detail=str(error),
                remedy=f"Ask the ShotGrid admin to let the script read {kind}s.",
            )
        else:
            yield Finding(
                subject=f"right to read {kind}", verdict=Verdict.OK, detail="reads" if found else "reads; there is none to be seen"
            )


def _writing_rights() -> Iterator[Finding]:
    for right in _WRITTEN:
        yield Finding(
            subject=f"right to {right}",
            verdict=Verdict.WARNING,
            detail="not tried, for doctor writes nothing",
            remedy=f"Ask the ShotGrid admin whether the script may {right}; the first draft shows it.",
        )


def _script(connection: Connection) -> Finding:
    subject = f"script {connection.script}"
    fields = ["generate_event_log_entries", "permission_rule_set"]
    record = connection.tried(lambda sg: sg.find_one("ApiUser", [["firstname", "is", connection.script]], fields))
    if record is None:
        return Finding(
            subject=subject,
            verdict=Verdict.WARNING,
            detail="may not read its own entry",
            remedy="Ask the ShotGrid admin whether Generate Events is on.",
        )
    if record.get("generate_event_log_entries") is False:
        return Finding(
            subject=subject,
            verdict=Verdict.WARNING,
            detail="Generate Events is off: nobody is told about drafts",
            remedy="Ask the ShotGrid admin to tick Generate Events for this script.",
        )
    role = (record.get("permission_rule_set") or {}).get("name", "unknown role")
    return Finding(subject=subject, verdict=Verdict.OK, detail=f"generates events; {role}")


def _fields(fields: dict[str, dict[str, Field]]) -> Iterator[Finding]:
    for wanted in WANTED_FIELDS:
        subject, found = f"field {wanted.entity}.{wanted.name}", fields[wanted.entity].get(wanted.name)
        if found is None:
            yield Finding(subject=subject, verdict=Verdict.FAILED, detail="missing", remedy="Run haikei setup shotgrid --apply.")
        elif found.data_type != wanted.data_type:
            yield Finding(
                subject=subject,
                verdict=Verdict.FAILED,
                detail=f"is {found.data_type}, not {wanted.data_type}",
                remedy="Rename or delete it, then run setup.",
            )
        elif missing := [value for value in wanted.values if value not in found.values or value in found.hidden]:
            detail = f"does not offer: {', '.join(missing)}"
            remedy = "Run haikei setup shotgrid --apply, and let the admin show them in the project."
            yield Finding(subject=subject, verdict=Verdict.FAILED, detail=detail, remedy=remedy)
        else:
            yield Finding(subject=subject, verdict=Verdict.OK, detail=found.data_type)
    if VERSION_TYPE not in fields["Version"]:
        yield Finding(
            subject=f"field Version.{VERSION_TYPE}",
            verdict=Verdict.FAILED,
            detail="missing",
            remedy="Let the admin add a list field called Type.",
        )


def _steps(connection: Connection, wanted: TrackerSteps) -> Iterator[Finding]:
    records = connection.tried(lambda sg: sg.find("Step", [], ["code", "short_name", "entity_type"]))
    for step in wanted.steps:
        kinds = sorted({str(r.get("entity_type") or "") for r in records if step in (r.get("code"), r.get("short_name"))})
        if {"Shot", ""} & set(kinds):
            yield Finding(subject=f"step {step}", verdict=Verdict.OK, detail=f"for {', '.join(filter(None, kinds)) or 'everything'}")
        elif kinds:
            yield Finding(
                subject=f"step {step}",
                verdict=Verdict.WARNING if "Asset" in kinds else Verdict.FAILED,
                detail=f"only for {', '.join(kinds)}, so no task on a Shot can have it",
                remedy="Let the ShotGrid admin add the step for Shots, or name one of theirs; leave it if all backgrounds are Assets.",
            )
        else:
            known = ", ".join(sorted({str(record.get("code")) for record in records}))
            yield Finding(
                subject=f"step {step}",
                verdict=Verdict.FAILED,
                detail=f"unknown; the site has: {known}",
                remedy="Correct it in haikei.toml.",
            )


def _statuses(kind: str, codes: tuple[str, ...], field: Field | None) -> Iterator[Finding]:
    values, hidden = (field.values, field.hidden) if field else ((), ())
    usable = ", ".join(value for value in values if value not in hidden)
    for code in dict.fromkeys(codes):
        subject = f"{kind} status {code}"
        if code not in values:
            yield Finding(
                subject=subject, verdict=Verdict.FAILED, detail="unknown", remedy=f"Name one of: {usable}; or let the admin add it."
            )
        elif code in hidden:
            yield Finding(
                subject=subject,
                verdict=Verdict.FAILED,
                detail="hidden in this project",
                remedy=f"Let the admin show it in the project, or name one of: {usable}.",
            )
        else:
            yield Finding(subject=subject, verdict=Verdict.OK, detail="usable")


def _types(names: tuple[str, ...], field: Field | None) -> Iterator[Finding]:
    """A Type field that is missing is told by `_fields`; one that is no list takes any text."""
    if field is None:
        return
    for name in dict.fromkeys(names):
        subject = f"Version type {name}"
        if field.data_type == "list" and name not in field.values:
            yield Finding(
                subject=subject,
                verdict=Verdict.FAILED,
                detail=f"unknown; the site has: {', '.join(field.values) or 'none'}",
                remedy="Run haikei setup shotgrid --apply, or correct draft_type in haikei.toml.",
            )
        elif name in field.hidden:
            yield Finding(
                subject=subject, verdict=Verdict.FAILED, detail="hidden in this project", remedy="Let the admin show it in the project."
            )
        else:
            yield Finding(subject=subject, verdict=Verdict.OK, detail="usable")


def _automation(connection: Connection, project: int) -> Iterator[Finding]:
    looks: tuple[tuple[str, Callable[[Client], str], str], ...] = (
        ("drafts published", lambda sg: _published(sg, project), "Exclude Versions of type AI draft from the publisher."),
        (
            "drafts as thumbnails",
            lambda sg: _thumbnails(sg, project),
            "Set the picture of the Shot or Task by hand, so that drafts do not stand for it.",
        ),
        (
            "scripts acting on drafts",
            lambda sg: _touched(sg, project, connection.script),
            "Exclude Versions of type AI draft from that script.",
        ),
    )
    for subject, look, remedy in looks:
        yield _looked_at(connection, project, subject, look, remedy)


def _looked_at(connection: Connection, project: int, subject: str, look: Callable[[Client], str], remedy: str) -> Finding:
    try:
        if not connection.tried(lambda sg: _drafts(sg, project, [])):
            again = "Run doctor again after the first draft."
            return Finding(subject=subject, verdict=Verdict.WARNING, detail="no draft yet, so it cannot be told", remedy=again)
        found = connection.tried(look)
    except TransientTrackerError:
        raise
    except TrackerError as error:
        detail = f"could not be looked at: {error}"
        return Finding(subject=subject, verdict=Verdict.WARNING, detail=detail, remedy="Ask the ShotGrid admin.")
    if found:
        return Finding(subject=subject, verdict=Verdict.WARNING, detail=found, remedy=remedy)
    return Finding(subject=subject, verdict=Verdict.OK, detail="none")


def _published(sg: Client, project: int) -> str:
    drafts = [{"type": "Version", "id": draft["id"]} for draft in _drafts(sg, project, [])]
    found = sg.find("PublishedFile", [["version", "in", drafts]], ["code"], limit=_RECENT) if drafts else []
    return ", ".join(str(record.get("code")) for record in found)


def _thumbnails(sg: Client, project: int) -> str:
    drafts = _drafts(sg, project, ["code", "image", "entity.Shot.image", "sg_task.Task.image"])
    return ", ".join(
        str(draft.get("code"))
        for draft in drafts
        if draft.get("image") and _file(draft["image"]) in {_file(draft.get("entity.Shot.image")), _file(draft.get("sg_task.Task.image"))}
    )


def _touched(sg: Client, project: int, script: str) -> str:
    drafts = {draft["id"]: utc(draft["created_at"]) for draft in _drafts(sg, project, ["created_at"])}
    if not drafts:
        return ""
    filters = [["event_type", "is", "Shotgun_Version_Change"], ["entity", "in", [{"type": "Version", "id": number} for number in drafts]]]
    others = set()
    for entry in sg.find("EventLogEntry", filters, ["user", "entity", "created_at"], limit=500):
        user, version = entry.get("user") or {}, entry.get("entity") or {}
        soon = version.get("id") in drafts and utc(entry["created_at"]) - drafts[version["id"]] <= _SOON
        if soon and user.get("type") == "ApiUser" and user.get("name") != script:
            others.add(str(user.get("name")))
    return ", ".join(sorted(others))


def _drafts(sg: Client, project: int, fields: list[str]) -> list[dict[str, Any]]:
    filters = [["project", "is", {"type": "Project", "id": project}], [KEY, "is_not", None], ["created_by", "type_is", "ApiUser"]]
    order = [{"field_name": "id", "direction": "desc"}]
    return list(sg.find("Version", filters, fields, order=order, limit=_RECENT))


def _file(address: object) -> str | None:
    return urlsplit(str(address)).path if address else None
