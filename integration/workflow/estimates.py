"""How long tasks are thought to take, kept in the record beside the hours; read wherever a task is read for something else.

The record follows what the tracker says now: another estimate corrects the last, one that was taken back is withdrawn. Who set it
is not known, for a tracker's task tells only what stands in it.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import structlog

from integration.artwork.sheets import BG
from integration.errors import NotFoundInTrackerError
from integration.ledger import log as ledger
from integration.ledger.canonical import code
from integration.ledger.entry import Entry, Time, entry_about
from integration.ledger.vocabulary import Kind, TimeSource
from integration.production import Background, Task
from integration.studio import Studio
from integration.workflow import record
from integration.workflow.entry_chain import Recorded, chain

log = structlog.get_logger(__name__)


def record_estimate(studio: Studio, task: Task, background: Background | None = None) -> None:
    """Bring what is recorded of a task's estimate in line with the task.

    Args:
        studio: where.
        task: as the tracker has it now; those of other projects, of other steps than layout and background, and on no background
            are left alone.
        background: the task's, where the caller has it; else it is read, but only for an estimate that is new.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    rules = studio.projects.get(task.project.id)
    if rules is None or task.background is None or task.step not in (rules.layout_step, rules.background_step):
        return
    key = partial(_key, studio, task)
    with studio.engine.connect() as connection:
        _, last = chain(connection, key)
    if _says_the_same(last, task):
        return
    try:
        wanted = _wanted(studio, task, background or studio.tracker.background(task.background))
    except NotFoundInTrackerError:
        return
    with studio.engine.begin() as connection:
        ledger.take_turn(connection)
        length, last = chain(connection, key)
        if _says_the_same(last, task):
            return
        for place, entry in enumerate(_steps(last, wanted), start=length):
            ledger.append(connection, entry, key=key(place))
    log.info("estimate recorded", task_id=task.id, minutes=task.bid_minutes)


def _says_the_same(last: Recorded | None, task: Task) -> bool:
    if last is None or task.bid_minutes is None:
        return last is None and task.bid_minutes is None
    standing = last[1]
    assert standing.time is not None, "made here"
    return (standing.time.minutes, standing.background, standing.step) == (task.bid_minutes, task.background, code(task.step))


def _wanted(studio: Studio, task: Task, background: Background) -> Entry | None:
    """The entry that says what the task says; None when nobody estimates it."""
    if task.bid_minutes is None:
        return None
    subject = record.Subject(
        tracker=studio.settings.tracker, site=studio.tracker.site, background=background, part=BG, step=task.step, task=task.id
    )
    time = Time(minutes=task.bid_minutes, source=TimeSource.TRACKER, confirmed=False)
    return subject.entry(Kind.TIME_ESTIMATED, actor=record.PIPELINE, time=time)


def _steps(last: Recorded | None, wanted: Entry | None) -> Iterator[Entry]:
    """What to append so that the record says `wanted` where it says `last`; what moved is withdrawn at its old place."""
    if last is not None and wanted is not None and (last[1].show, last[1].background) == (wanted.show, wanted.background):
        yield replace(wanted, corrects=last[0])
        return
    if last is not None:
        index, standing = last
        assert standing.time is not None, "made here"
        time = replace(standing.time, withdrawn=True)
        yield entry_about(standing, Kind.TIME_ESTIMATED, actor=record.PIPELINE, time=time, tracker=standing.tracker, corrects=index)
    if wanted is not None:
        yield wanted


def _key(studio: Studio, task: Task, place: int) -> str:
    return f"{Kind.TIME_ESTIMATED}:{studio.tracker.site}:{task.id}:{place}"
