"""Hours that people log in the tracker, as entries: each log once for each state it was in, the newest putting right the older."""

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from integration.errors import NotFoundInTrackerError
from integration.events import TimeLogged
from integration.ledger import log as ledger
from integration.ledger.entry import Entry, Time, entry_about, milliseconds
from integration.ledger.vocabulary import Kind, Role, TimeSource
from integration.production import ProjectId, TimeLog
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.studio_day import span_of
from integration.workflow import record
from integration.workflow.record import Subject

log = structlog.get_logger(__name__)

LONGEST = timedelta(days=7)
"""A log of more than this is a slip of the keyboard, and left out."""


def record_time(studio: Studio, time_log: str, because: TimeLogged | None) -> None:
    """Bring the record in line with a time log as it stands now; what it says already is not written again."""
    try:
        logged: TimeLog | None = studio.tracker.time_log(time_log)
    except NotFoundInTrackerError:
        logged = None
    with studio.engine.begin() as connection:
        ledger.take_turn(connection)
        number, standing = _standing(connection, studio.tracker.site, time_log)
        entry = _entry(connection, studio, logged, because) if logged else None
        if entry is None:
            entry = _withdrawn(standing[1]) if standing else None
        if entry is None or (standing and _says_the_same(standing[1], entry)):
            return
        entry = replace(entry, corrects=standing[0] if standing else None)
        ledger.append(connection, entry, key=_key(studio.tracker.site, time_log, number))
    log.info("time recorded", time_log=time_log, withdrawn=bool(entry.time and entry.time.withdrawn))


def heal(studio: Studio, project: ProjectId, since: datetime) -> None:
    """Record what of a project's time logs changed since `since` without an event that told of it."""
    for logged in studio.tracker.time_logs_since(project, since):
        record_time(studio, logged.id, None)


def _entry(connection: sa.Connection, studio: Studio, logged: TimeLog, because: TimeLogged | None) -> Entry | None:
    """What the log says; None for one that belongs to no background of ours, to nobody, or is no length of time."""
    rules = studio.projects.get(logged.project.id)
    if rules is None or logged.task is None or logged.person is None:
        return None
    if not 0 < logged.minutes <= LONGEST / timedelta(minutes=1):
        log.warning("time log left out", time_log=logged.id, minutes=logged.minutes)
        return None
    try:
        task = studio.tracker.task(logged.task)
        background = studio.tracker.background(task.background) if task.background else None
    except NotFoundInTrackerError:
        return None
    if background is None:
        return None
    subject = Subject(
        tracker=studio.settings.tracker,
        site=studio.tracker.site,
        background=background,
        part="",
        step=task.step,
        task=task.id,
        event=because.event_id if because else "",
    )
    who = record.actor(connection, subject, logged.person, _role(task.step, rules))
    at_ms = milliseconds(because.at if because else logged.changed_at)
    return subject.entry(Kind.TIME_LOGGED, actor=who, at_ms=at_ms, time=_time(logged, rules))


def _time(logged: TimeLog, rules: ProjectSettings) -> Time:
    confirmed = bool(logged.person and logged.by and logged.by.id == logged.person.id)
    if logged.day is None:
        return Time(minutes=logged.minutes, source=TimeSource.TRACKER, confirmed=confirmed)
    first, last = span_of(logged.day, zone=rules.time_zone, day_start=rules.day_start)
    return Time(
        minutes=logged.minutes,
        source=TimeSource.TRACKER,
        confirmed=confirmed,
        span_start_ms=milliseconds(first),
        span_end_ms=milliseconds(last),
    )


def _role(step: str, rules: ProjectSettings) -> Role | None:
    """What work on a step is; None where settings do not say."""
    return {rules.background_step: Role.BACKGROUND_ARTIST, rules.layout_step: Role.LAYOUT_ARTIST}.get(step)


def _withdrawn(standing: Entry) -> Entry | None:
    """The entry that takes back what stands; None when that is taken back already."""
    if standing.time is None or standing.time.withdrawn:
        return None
    return entry_about(
        standing, Kind.TIME_LOGGED, actor=standing.actor, tracker=standing.tracker, time=replace(standing.time, withdrawn=True)
    )


def _says_the_same(one: Entry, other: Entry) -> bool:
    return (one.time, one.actor, one.background, one.step) == (other.time, other.actor, other.background, other.step)


def _standing(connection: sa.Connection, site: str, time_log: str) -> tuple[int, tuple[int, Entry] | None]:
    """How many entries there are of a log, and the last of them with its index."""
    number, last = 0, None
    while (index := ledger.index_of(connection, key=_key(site, time_log, number))) is not None:
        number, last = number + 1, index
    if last is None:
        return 0, None
    return number, next(ledger.read(connection, first=last, end=last + 1))


def _key(site: str, time_log: str, number: int) -> str:
    return f"{Kind.TIME_LOGGED}:{site}:{time_log}:{number}"
