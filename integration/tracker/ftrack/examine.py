"""Holds a site against what haikei needs."""

from collections.abc import Iterator, Mapping

from integration.errors import NotFoundInTrackerError, TrackerError, TransientTrackerError
from integration.tracker.ftrack.attributes import read_attributes
from integration.tracker.ftrack.connection import Connection
from integration.tracker.ftrack.directory import Directory
from integration.tracker.ftrack.project_words import ProjectWords, Words, find
from integration.tracker.ftrack.query_text import id_of, quoted
from integration.tracker.ftrack.records import KEY
from integration.tracker.ftrack.setup import WANTED_ATTRIBUTES, values_of
from integration.tracker.protocol import Finding, TrackerSteps, Verdict

_READ = (
    "Project",
    "Shot",
    "AssetBuild",
    "Task",
    "AssetVersion",
    "Note",
    "AssetVersionList",
    "Timelog",
    "User",
    "Group",
    "TypedContextStatusChange",
    "CustomAttributeConfiguration",
)
_WRITTEN = (
    "make and update versions, tasks, notes and lists",
    "put files into ftrack.server and have them encoded",
    "assign people to tasks",
    "set custom attributes of shots, asset builds and versions",
)


def examine(connection: Connection, directory: Directory, words: ProjectWords, wanted: TrackerSteps) -> Iterator[Finding]:
    """See `Tracker.examine`."""
    project = _project(connection, wanted.project)
    yield project
    yield from _reading_rights(connection)
    for right in _WRITTEN:
        yield Finding(
            subject=f"right to {right}",
            verdict=Verdict.WARNING,
            detail="not tried, for doctor writes nothing",
            remedy=f"Ask the ftrack admin whether haikei's user may {right}; the first draft shows it.",
        )
    yield _user(connection, directory)
    yield from _attributes(connection)
    yield from _histories(connection)
    if project.verdict is not Verdict.FAILED:
        known = words.of(wanted.project, fresh=True)
        yield from _names(
            "step", wanted.steps, known.types, "Let the ftrack admin add the type to the project's workflow schema, or correct haikei.toml."
        )
        yield from _statuses("Task", wanted.task_statuses, known)
        yield from _statuses("Version", wanted.version_statuses, known)
        yield from _names(
            "Version type", wanted.version_types, known.asset_types, "Run haikei setup ftrack --apply, or correct haikei.toml."
        )
        yield _automation(connection, wanted.project)


def _project(connection: Connection, project: str) -> Finding:
    subject = f"project {project}"
    try:
        number = id_of(project)
    except NotFoundInTrackerError:
        found = None
    else:
        query = f"select name, full_name, status from Project where id is {quoted(number)}"
        found = connection.tried(lambda client: client.one(query))
    if found is None:
        return Finding(
            subject=subject,
            verdict=Verdict.FAILED,
            detail="not to be seen",
            remedy="Ask the ftrack admin to let haikei's user see the project, or correct its id.",
        )
    if found.get("status") == "hidden":
        return Finding(
            subject=subject, verdict=Verdict.WARNING, detail=f"{found['full_name']} is hidden", remedy="Remove it from haikei.toml."
        )
    return Finding(subject=subject, verdict=Verdict.OK, detail=str(found.get("full_name")))


def _reading_rights(connection: Connection) -> Iterator[Finding]:
    for kind in _READ:
        query = f"select id from {kind} where id is {quoted('00000000-0000-0000-0000-000000000000')}"
        try:
            connection.tried(lambda client, query=query: client.one(query))  # type: ignore[misc]
        except TransientTrackerError:
            raise
        except TrackerError as error:
            remedy = f"Ask the ftrack admin to let haikei's user read {kind}s."
            yield Finding(subject=f"right to read {kind}", verdict=Verdict.FAILED, detail=str(error), remedy=remedy)
        else:
            yield Finding(subject=f"right to read {kind}", verdict=Verdict.OK, detail="may be asked for")


def _user(connection: Connection, directory: Directory) -> Finding:
    subject = f"user {connection.user}"
    try:
        return Finding(subject=subject, verdict=Verdict.OK, detail=directory.myself().name)
    except TransientTrackerError:
        raise
    except TrackerError as error:
        return Finding(subject=subject, verdict=Verdict.FAILED, detail=str(error), remedy=error.hint)


def _attributes(connection: Connection) -> Iterator[Finding]:
    there = {(each.kind, each.key): each for each in connection.tried(read_attributes) if not each.project}
    for wanted in WANTED_ATTRIBUTES:
        found = there.get((wanted.kind, wanted.key))
        subject = f"attribute {wanted.kind}.{wanted.key}"
        missing = [value for value in wanted.values if found and value not in values_of(found)]
        if found is None:
            yield Finding(subject=subject, verdict=Verdict.FAILED, detail="missing", remedy="Run haikei setup ftrack --apply.")
        elif found.data_type != wanted.data_type:
            remedy = "Let the ftrack admin rename or delete it, then run haikei setup ftrack --apply."
            yield Finding(subject=subject, verdict=Verdict.FAILED, detail=f"is of type {found.data_type}", remedy=remedy)
        elif missing:
            remedy = "Let the ftrack admin add them to its menu."
            yield Finding(subject=subject, verdict=Verdict.FAILED, detail=f"does not offer: {', '.join(missing)}", remedy=remedy)
        else:
            yield Finding(subject=subject, verdict=Verdict.OK, detail=wanted.data_type)


def _histories(connection: Connection) -> Iterator[Finding]:
    """What tells of approvals that were made while nobody listened."""
    known = connection.tried(lambda client: set(client.types))
    for kind, what in (("TypedContextStatusChange", "approvals"), ("AssetVersionStatusChange", "statuses of versions")):
        if kind in known:
            yield Finding(subject=f"history {kind}", verdict=Verdict.OK, detail=f"tells of {what}")
        else:
            remedy = "Keep haikei running, so that it hears of them, or ask the ftrack admin to update the server."
            yield Finding(
                subject=f"history {kind}", verdict=Verdict.WARNING, detail=f"missing: {what} are told by the hub alone", remedy=remedy
            )


def _statuses(what: str, names: tuple[str, ...], known: Words) -> Iterator[Finding]:
    there = known.version_statuses if what == "Version" else known.task_statuses
    remedy = f"Let the ftrack admin add it to the workflow of the project's {what.lower()}s, or correct haikei.toml."
    yield from _names(f"{what} status", names, there, remedy)


def _names(what: str, names: tuple[str, ...], known: Mapping[str, str], remedy: str) -> Iterator[Finding]:
    for name in names:
        if find(known, name):
            yield Finding(subject=f"{what} {name}", verdict=Verdict.OK, detail="known")
        else:
            detail = f"not in this project; it knows: {', '.join(known) or 'none'}"
            yield Finding(subject=f"{what} {name}", verdict=Verdict.FAILED, detail=detail, remedy=remedy)


def _automation(connection: Connection, project: str) -> Finding:
    """Whether something at the site takes drafts for deliverables: who else changed their status."""
    subject = "automation that picks drafts up"
    where = f'asset.parent.project_id is {quoted(project)} and metadata any (key is "{KEY}" and value like "draft:%")'
    drafts = connection.tried(lambda client: client.ask(f"select date from AssetVersion where {where} order by date descending")[0])
    if not drafts:
        return Finding(
            subject=subject,
            verdict=Verdict.WARNING,
            detail="no draft yet to tell by",
            remedy="Ask again after the first draft was delivered.",
        )
    return Finding(subject=subject, verdict=Verdict.OK, detail=f"{len(drafts)} drafts stand in the project; look at one in a review")
