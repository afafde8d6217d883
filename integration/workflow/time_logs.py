"""Hours people put down in the tracker, kept in the record: whose, on what, as what, and whether they confirmed them.

The record follows the tracker's present state, whatever events came. One time log is a chain of entries: a changed log appends
one that corrects the last, a deleted one appends one that is withdrawn, and what was moved is withdrawn there and put down here.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from functools import cache, partial

import sqlalchemy as sa
import structlog

from integration.artwork.sheets import BG
from integration.errors import NotFoundInTrackerError, TransientTrackerError
from integration.events import TimeLogged
from integration.ledger import log as ledger
from integration.ledger import people
from integration.ledger.entry import Actor, Entry, Time, TrackerRef, entry_about, milliseconds
from integration.ledger.vocabulary import ActorKind, Kind, Role, TimeSource
from integration.production import Background, Person, PersonKind, ProjectId, Task, TaskId, TimeLog, TimeLogId
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.studio_clock import studio_span
from integration.workflow import record
from integration.workflow.entry_chain import Recorded, chain
from integration.workflow.estimates import record_estimate

log = structlog.get_logger(__name__)

TIME_LOG = "TimeLog"
"""How an entry's `tracker.entity_type` says that its `entity_id` is a time log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What hours were worked on."""

    task: Task
    background: Background


class Nowhere(Enum):
    """Why there is nothing that hours were worked on."""

    GONE = auto()
    """The task or its background was deleted, or may not be seen."""
    APART = auto()
    """The task hangs on no background."""


Find = Callable[[TaskId], Worked | Nowhere]
"""Finds what hours on a task were worked on."""


def record_time(studio: Studio, time_log: TimeLogId, because: TimeLogged | None) -> None:
    """Bring what is recorded of a time log in line with the tracker's present state.

    Args:
        studio: where.
        time_log: any; those of other projects, of scripts and on no background are left alone.
        because: the event that asks; None when a sweep found a difference.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    try:
        found = studio.tracker.time_log(time_log)
    except NotFoundInTrackerError:
        found = None
    _bring_in_line(studio, time_log, found, partial(_worked, studio), because)


def record_recent(studio: Studio, project: ProjectId, since: datetime) -> None:
    """Bring a project's time logs that changed since a moment in line, and those recorded since that are gone; for sweeps.

    Raises:
        TransientTrackerError: the tracker does not answer; the next sweep goes on.
    """
    there = {found.id: found for found in studio.tracker.time_logs_since(project, since)}
    find = cache(partial(_worked, studio))
    for found in there.values():
        _each_alone(found.id, partial(_bring_in_line, studio, found.id, found, find, None))
    with studio.engine.connect() as connection:
        gone = _recorded_since(connection, studio, project, since) - there.keys()
    for time_log in sorted(gone):
        _each_alone(time_log, partial(record_time, studio, time_log, None))


def _each_alone(time_log: TimeLogId, call: Callable[[], None]) -> None:
    """A log that cannot be recorded stops no other."""
    try:
        call()
    except TransientTrackerError:
        raise
    except Exception:
        log.exception("time log not recorded", time_log=time_log)


def _worked(studio: Studio, task_id: TaskId) -> Worked | Nowhere:
    try:
        task = studio.tracker.task(task_id)
        return Worked(task=task, background=studio.tracker.background(task.background)) if task.background else Nowhere.APART
    except NotFoundInTrackerError:
        return Nowhere.GONE


def _bring_in_line(studio: Studio, time_log: TimeLogId, found: TimeLog | None, find: Find, because: TimeLogged | None) -> None:
    kept = found if found and _counts(studio, found, told=because is not None) else None
    with studio.engine.connect() as connection:
        _, last = _chain(connection, studio, time_log)
        if (kept is None and last is None) or (kept and last and _says_the_same(connection, studio, last[1], kept)):
            return
    where = find(kept.task) if kept and kept.task else Nowhere.GONE
    if isinstance(where, Worked):
        record_estimate(studio, where.task, where.background)
    with studio.engine.begin() as connection:
        ledger.take_turn(connection)
        length, last = _chain(connection, studio, time_log)
        if found and last and last[1].at_ms > milliseconds(found.changed_at):
            return  # a newer state was recorded while we asked
        wanted = _wanted(connection, studio, kept, where, last) if kept else None
        at_ms = milliseconds(found.changed_at) if found else None
        for place, entry in enumerate(_steps(last, wanted, at_ms), start=length):
            assert entry.tracker is not None, "made here"
            told = replace(entry, tracker=replace(entry.tracker, event_id=because.event_id if because else ""))
            ledger.append(connection, told, key=_key(studio, time_log, place))
            log.info("time withdrawn" if entry.time and entry.time.withdrawn else "time recorded", time_log=time_log)


def _counts(studio: Studio, found: TimeLog, *, told: bool) -> bool:
    """Whether these are hours of a person in an enabled project; if not, whoever looks after haikei may be told why."""
    if found.project.id not in studio.projects:
        return False
    if found.person is None or found.person.kind is not PersonKind.HUMAN:
        why = "they are no person's hours"
    elif found.minutes is None:
        why = "its duration is missing, or cannot be"
    else:
        return True
    (log.warning if told else log.debug)("time log left out", time_log=found.id, why=why)
    return False


def _says_the_same(connection: sa.Connection, studio: Studio, last: Entry, found: TimeLog) -> bool:
    """Whether the record holds what the tracker says; where the task hangs is looked at only when something changed."""
    assert last.tracker is not None, "made here"
    return (
        last.time == _time(studio, found)
        and found.task in (None, last.tracker.task_id)
        and found.project.id == last.tracker.project_id
        and _is_theirs(connection, last, found.person)
    )


def _wanted(connection: sa.Connection, studio: Studio, found: TimeLog, where: Worked | Nowhere, last: Recorded | None) -> Entry | None:
    """The entry that says what the tracker says; None when that is nothing we keep."""
    at_ms, time = milliseconds(found.changed_at), _time(studio, found)
    if isinstance(where, Worked):
        subject = record.Subject(
            tracker=studio.settings.tracker,
            site=studio.tracker.site,
            background=where.background,
            part=BG,
            step=where.task.step,
            task=where.task.id,
        )
        role = _role(where.task.step, studio.projects[found.project.id])
        entry = subject.entry(Kind.TIME_LOGGED, actor=Actor(kind=ActorKind.HUMAN, role=role), at_ms=at_ms, time=time)
        assert entry.tracker is not None, "a subject names its tracker"
        entry = replace(entry, tracker=replace(entry.tracker, entity_type=TIME_LOG, entity_id=found.id))
    elif last and (where is Nowhere.GONE or _task_of(last[1]) == found.task):
        # Hours do not go away with the task or the cut they were worked on: they keep the place the record knew last.
        entry = entry_about(last[1], Kind.TIME_LOGGED, actor=last[1].actor, at_ms=at_ms, time=time, tracker=last[1].tracker)
    else:
        return None
    return replace(entry, actor=replace(entry.actor, ref=_ref(connection, entry.show, found.person, last)))


def _steps(last: Recorded | None, wanted: Entry | None, at_ms: int | None) -> Iterator[Entry]:
    """What to append so that the record says `wanted` where it says `last`."""
    if last is None:
        yield from [wanted] if wanted else []
        return
    index, standing = last
    if wanted and _place(wanted) == _place(standing):
        if (wanted.time, wanted.actor, wanted.step, _task_of(wanted)) != (standing.time, standing.actor, standing.step, _task_of(standing)):
            yield replace(wanted, corrects=index)
        return
    assert standing.time is not None, "made here"
    withdrawn = replace(standing.time, withdrawn=True)
    yield entry_about(
        standing, Kind.TIME_LOGGED, actor=standing.actor, at_ms=at_ms, time=withdrawn, tracker=standing.tracker, corrects=index
    )
    if wanted:
        yield wanted


def _place(entry: Entry) -> tuple[str, str, str]:
    """Whose hours they are, and on what: where these change, the old place must say so itself."""
    return entry.show, entry.background, entry.actor.ref


def _task_of(entry: Entry) -> str:
    return entry.tracker.task_id if entry.tracker else ""


def _role(step: str, rules: ProjectSettings) -> Role | None:
    return {rules.background_step: Role.BACKGROUND_ARTIST, rules.layout_step: Role.LAYOUT_ARTIST}.get(step)


def _time(studio: Studio, found: TimeLog) -> Time:
    """The hours as the record keeps them; a day is kept as the span from one morning to the next."""
    rules = studio.projects[found.project.id]
    start, end = map(milliseconds, studio_span(found.day, rules.time_zone, rules.day_start)) if found.day else (None, None)
    return Time(
        minutes=found.minutes or 0,
        source=TimeSource.TRACKER,
        confirmed=found.person is not None and found.entered_by is not None and found.entered_by.id == found.person.id,
        span_start_ms=start,
        span_end_ms=end,
    )


def _ref(connection: sa.Connection, show: str, person: Person | None, last: Recorded | None) -> str:
    """The person's reference; somebody who was erased keeps the old one, so that their hours do not name them again."""
    assert person is not None, "hours of nobody are not kept"
    if last and last[1].show == show and _is_theirs(connection, last[1], person):
        return last[1].actor.ref
    return people.person_ref(connection, show=show, person_id=person.id, name=person.name, name_en=person.name_en, role=person.role)


def _is_theirs(connection: sa.Connection, entry: Entry, person: Person | None) -> bool:
    return person is not None and people.id_of(connection, entry.actor.ref) in ("", person.id)


def _chain(connection: sa.Connection, studio: Studio, time_log: TimeLogId) -> tuple[int, Recorded | None]:
    return chain(connection, partial(_key, studio, time_log))


def _key(studio: Studio, time_log: TimeLogId, place: int) -> str:
    return f"{Kind.TIME_LOGGED}:{studio.tracker.site}:{time_log}:{place}"


def _recorded_since(connection: sa.Connection, studio: Studio, project: ProjectId, since: datetime) -> set[TimeLogId]:
    """A project's time logs that the record holds and that changed since a moment."""
    site_hash = hashlib.sha256(studio.tracker.site.encode()).hexdigest()
    newest: dict[str, Entry] = {}
    for _, entry in ledger.read(connection, kinds=[Kind.TIME_LOGGED]):
        match entry.tracker:
            case TrackerRef(entity_type=kind, entity_id=number, site_hash=site) if (kind, site) == (TIME_LOG, site_hash):
                newest[number] = entry
    return {
        TimeLogId(number)
        for number, entry in newest.items()
        if entry.tracker
        and entry.tracker.project_id == project
        and entry.at_ms >= milliseconds(since)
        and not (entry.time and entry.time.withdrawn)
    }
