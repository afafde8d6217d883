"""Tells the coordinator, by a Note on the layout task, why an approval made no draft."""

from integration.errors import NotFoundInTrackerError
from integration.ledger.entry import Kind
from integration.production import BackgroundId, Task, TaskId
from integration.studio import Studio
from integration.tracker.protocol import NoteText
from integration.workflow import record, rounds, words
from integration.workflow.engine import step


def notice(studio: Studio, key: str, task: str, kind: str, reason: str) -> None:
    """The workflow behind a held approval: record the refusal and write the Note, each once for `key`."""
    step("record refusal", _record, studio, key, task, kind, reason)
    step("tell refusal", _write, studio, key, TaskId(task), kind, reason)


def tell_refusal(studio: Studio, key: str, reason: str) -> None:
    """The Note behind a round whose genzu or Look cannot be used."""
    with studio.engine.connect() as connection:
        draft = rounds.find(connection, key)
    _write(studio, key, TaskId(draft.layout_task), "genzu", reason)


def _record(studio: Studio, key: str, task_id: str, kind: str, reason: str) -> None:
    task = _task(studio, TaskId(task_id))
    if task is None or task.background is None or kind == "genzu":
        return
    background = studio.tracker.background(task.background)
    rules = studio.projects[task.project.id]
    subject = record.Subject(
        tracker=studio.settings.tracker,
        site=studio.tracker.site,
        background=background,
        part="",
        step=rules.background_step,
        task=task.id,
    )
    with studio.engine.begin() as connection:
        record.draft_ended(connection, subject, kind=Kind.DRAFT_REFUSED, reason=kind, words=reason, key=key)


def _write(studio: Studio, key: str, task_id: TaskId, kind: str, reason: str) -> None:
    task = _task(studio, task_id)
    if task is None:
        return
    background = task.background
    note = NoteText(
        project=task.project.id,
        subject=words.refused_subject(_code(studio, background) or task.name),
        content=words.refused_content(reason, kind),
        background=background,
        tasks=(task.id,),
        versions=tuple(version.id for version in studio.tracker.versions_on(task.id)[:1]) if kind == "genzu" else (),
        to=tuple(person.id for person in task.assignees),
    )
    studio.tracker.write_note(note, key=f"refused:{key}")


def _task(studio: Studio, task: TaskId) -> Task | None:
    try:
        return studio.tracker.task(task)
    except NotFoundInTrackerError:
        return None


def _code(studio: Studio, background: BackgroundId | None) -> str:
    return studio.tracker.background(background).code if background else ""
