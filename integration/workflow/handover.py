"""A review task that gets somebody else: whoever is new on it is told of the drafts and given the notice, and the record says so."""

from collections.abc import Collection

import sqlalchemy as sa
import structlog

from integration.database import drafts, handed
from integration.errors import NotFoundInTrackerError
from integration.events import TaskAssigneesChanged
from integration.production import BackgroundId, Person, ProjectId, Task, TaskId, VersionId
from integration.studio import Studio
from integration.tracker.protocol import NoteText
from integration.workflow import round_record, rounds, words
from integration.workflow.ai_notice import give_notice
from integration.workflow.estimates import record_estimate
from integration.workflow.rounds import DraftState, Round
from integration.workflow.withdrawal import background_of, rules_of, subject_of

log = structlog.get_logger(__name__)

_NOBODY = ""
"""Stands in the table for every round whose delivery was remembered, even to nobody."""


def remember_told(connection: sa.Connection, draft: str, people: Collection[Person]) -> None:
    """Those who are on the task at a round's delivery were told of its drafts by its Note."""
    _remember(connection, draft, _NOBODY, on_task=False)
    for person in people:
        _remember(connection, draft, person.id, on_task=True)


def hand_over(studio: Studio, task_id: TaskId, because: TaskAssigneesChanged | None) -> None:
    """If delivered drafts stand on the task: record who is new on it since we looked last, and tell those who were not told yet, once."""
    with studio.engine.connect() as connection:
        standing = on_review_task(connection, studio.tracker.site, task_id)
    if not standing:
        return
    try:
        task = studio.tracker.task(task_id)
    except NotFoundInTrackerError:
        return
    record_estimate(studio, task)
    for draft in standing:
        _hand_over(studio, draft, task, because)


def look_again(studio: Studio, task: Task) -> None:
    """The same for a task as a sweep finds it; of drafts from before haikei remembered whom it told, everybody on the task was."""
    record_estimate(studio, task)
    with studio.engine.begin() as connection:
        changed = []
        for draft in on_review_task(connection, studio.tracker.site, task.id):
            if not connection.execute(sa.select(handed.c.person).where(handed.c.draft == draft.key).limit(1)).all():
                remember_told(connection, draft.key, task.assignees)
            elif {person.id for person in task.assignees} != _on_task(connection, draft.key):
                changed.append(draft)
    for draft in changed:
        _hand_over(studio, draft, task, None)


def on_review_task(connection: sa.Connection, site: str, task: str) -> list[Round]:
    """The rounds whose delivered drafts stand on a review task."""
    rows = connection.execute(sa.select(drafts.c.background).where((drafts.c.site == site) & (drafts.c.review_task == task)).distinct())
    newest = [each for (background,) in rows for each in rounds.on_background(connection, site=site, background=background)]
    return [each for each in newest if each.review_task == task and each.wanted and each.state is DraftState.DELIVERED]


def _hand_over(studio: Studio, draft: Round, task: Task, because: TaskAssigneesChanged | None) -> None:
    with studio.engine.connect() as connection:
        before = _on_task(connection, draft.key)
    new = [person for person in task.assignees if person.id not in before]
    for person in new:
        _tell(studio, draft, task, person)
    background = background_of(studio, draft)
    subject = subject_of(studio, draft, background, event=because.event_id if because else "")
    now = {person.id for person in task.assignees}
    with studio.engine.begin() as connection:
        for person in new:
            occasion = because.event_id if because else f"seen:{rounds.now_ms()}"
            round_record.handed_over(connection, subject, to=person, event=because, occasion=occasion)
            _remember(connection, draft.key, person.id, on_task=True)
        gone = (handed.c.draft == draft.key) & handed.c.person.not_in(sorted(now))
        connection.execute(handed.update().where(gone).values(on_task=False))
    if new:
        log.info("review task handed over", draft=draft.key, task_id=task.id)


def _tell(studio: Studio, draft: Round, task: Task, person: Person) -> None:
    """The notice, and the Note about the drafts, to somebody who was told by neither; keys see to that."""
    rules = rules_of(studio, draft)
    for member in studio.tracker.members(person.id):
        give_notice(studio, task.project, rules, member)
    with studio.engine.connect() as connection:
        told = connection.execute(sa.select(handed.c.person).where((handed.c.draft == draft.key) & (handed.c.person == person.id))).scalar()
        pictures = rounds.pictures_of(connection, draft.key)
    if told:
        return
    note = NoteText(
        project=ProjectId(draft.project),
        subject=words.delivered_subject(draft),
        content=words.handed_content(draft, len(pictures)),
        background=BackgroundId(draft.background),
        tasks=(task.id,),
        versions=tuple(VersionId(picture.version) for picture in pictures),
        to=(person.id,),
    )
    studio.tracker.write_note(note, key=f"handed:{draft.key}:{person.id}")


def _on_task(connection: sa.Connection, draft: str) -> set[str]:
    return set(connection.execute(sa.select(handed.c.person).where((handed.c.draft == draft) & handed.c.on_task)).scalars())


def _remember(connection: sa.Connection, draft: str, person: str, *, on_task: bool) -> None:
    place = (handed.c.draft == draft) & (handed.c.person == person)
    if not connection.execute(handed.update().where(place).values(on_task=on_task)).rowcount:
        connection.execute(handed.insert().values(draft=draft, person=person, on_task=on_task))
