"""Tells the coordinator, by a Note on the layout task, why an approval made no draft."""

from typing import Any

from integration.errors import NotFoundInTrackerError
from integration.ledger.vocabulary import Kind
from integration.production import PersonId, Task, TaskId, VersionId
from integration.studio import Studio
from integration.tracker.protocol import NoteText
from integration.workflow import record, words
from integration.workflow.engine import step
from integration.workflow.order import Refusal

_WAITS = ("genzu", "layout")
"""Kinds of refusal that only wait for somebody; nothing was refused for good."""


def notice(studio: Studio, key: str, told: dict[str, Any]) -> None:
    """The workflow behind a held approval: record the refusal and write the Note, each once for `key`."""
    refusal = Refusal(**told)
    step("record refusal", _record, studio, key, refusal)
    step("tell refusal", tell_refusal, studio, key, refusal)


def tell_refusal(studio: Studio, key: str, refusal: Refusal) -> None:
    """Write the Note, addressed to whoever asked."""
    task = _task(studio, TaskId(refusal.task))
    if task is None:
        return
    code = studio.tracker.background(task.background).code if task.background else task.name
    note = NoteText(
        project=task.project.id,
        subject=words.refused_subject(code, refusal.kind),
        content=words.refused_content(refusal.reason, refusal.kind),
        background=task.background,
        tasks=(task.id,),
        versions=(VersionId(refusal.genzu),) if refusal.genzu else (),
        to=(PersonId(refusal.to),) if refusal.to else tuple(person.id for person in task.assignees),
    )
    studio.tracker.write_note(note, key=f"refused:{key}")


def _record(studio: Studio, key: str, refusal: Refusal) -> None:
    task = _task(studio, TaskId(refusal.task))
    if task is None or task.background is None or refusal.kind in _WAITS:
        return
    subject = record.Subject(
        tracker=studio.settings.tracker,
        site=studio.tracker.site,
        background=studio.tracker.background(task.background),
        part="",
        step=studio.projects[task.project.id].background_step,
        task=task.id,
    )
    with studio.engine.begin() as connection:
        record.draft_ended(
            connection,
            subject,
            kind=Kind.DRAFT_REFUSED,
            reason=refusal.code or refusal.kind,
            words=refusal.reason,
            key=key,
            policy_sha256=refusal.policy_sha256,
        )


def _task(studio: Studio, task: TaskId) -> Task | None:
    try:
        return studio.tracker.task(task)
    except NotFoundInTrackerError:
        return None
