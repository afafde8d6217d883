"""Asks named people: raises a flag and tells those who answer flags that one waits, without saying about whom."""

from typing import Any

import sqlalchemy as sa

from integration.ledger import people
from integration.production import ProjectId
from integration.studio import Studio
from integration.tracker.protocol import NoteText
from integration.workflow import queues
from integration.workflow.flags import raise_flag
from integration.workflow.record import Subject

_SUBJECT = "haikei: a question waits for you"
_CONTENT = (
    "質問が1件あります。 haikei has a question about a Version of this project.\n"
    "haikei flags list shows it, haikei flags answer {index} answers it. A question is not a verdict."
)


def ask(studio: Studio, connection: sa.Connection, subject: Subject, **question: Any) -> int:
    """Raise a flag in the caller's transaction, see `raise_flag`, and have those told whom settings name; returns its index."""
    index = raise_flag(connection, subject, **question)
    project = subject.background.project
    rules = studio.projects.get(project.id)
    if rules is not None and rules.flags_to:
        key = f"{queues.TELL_FLAG}:{subject.site}:{index}"
        queues.enqueue(studio.queue, connection, queues.TELL_FLAG, key, index, project.id, project.name)
    return index


def tell_flag(studio: Studio, index: int, project: str, show: str) -> None:
    """Write the Note, which names neither Version nor artist; whoever is asked can answer from then on."""
    rules = studio.projects.get(ProjectId(project))
    if rules is None:
        return
    asked = studio.tracker.people(rules.flags_to, project=ProjectId(project))
    with studio.engine.begin() as connection:
        for person in asked:
            people.person_ref(connection, show=show, person_id=person.id, name=person.name, name_en=person.name_en, role=person.role)
    note = NoteText(
        project=ProjectId(project),
        subject=_SUBJECT,
        content=_CONTENT.format(index=index),
        background=None,
        to=tuple(person.id for person in asked),
    )
    studio.tracker.write_note(note, key=f"flag:{studio.tracker.site}:{index}")
