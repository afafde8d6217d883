"""Whom a review task is given to, by the show's rule."""

import sqlalchemy as sa

from integration.database import drafts
from integration.production import Person, PersonId, ProjectId
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.workflow.rounds import Round


def review_key(site: str, background: str) -> str:
    """The key of a background's review task."""
    return f"review:{site}:{background}"


def assignees(studio: Studio, rules: ProjectSettings, project: ProjectId, background: str, *, before: Round | None) -> list[PersonId]:
    """Who gets the review task of a background; `before` is its round, None where it has none.

    Raises:
        NotFoundInTrackerError: the rule names somebody the tracker does not know.
    """
    rule = rules.assignment
    if rule.kind == "nobody":
        return []
    people = studio.tracker.people(rule.to, project=project)
    if rule.kind != "round_robin":
        return [person.id for person in people]
    turn = _turn_among(studio, [member for person in people for member in studio.tracker.members(person.id)], project, background, before)
    return [turn.id] if turn else []


def _turn_among(studio: Studio, people: list[Person], project: ProjectId, background: str, before: Round | None) -> Person | None:
    """Whose turn it is: rounds of other backgrounds that came before this one, counted in order."""
    if not people:
        return None
    others = (drafts.c.project == project) & (drafts.c.background != background)
    if before is not None:
        others &= (drafts.c.created_ms < before.created_ms) | ((drafts.c.created_ms == before.created_ms) & (drafts.c.key < before.key))
    with studio.engine.connect() as connection:
        count = connection.execute(sa.select(sa.func.count(sa.distinct(drafts.c.background))).where(others)).scalar_one()
    return people[count % len(people)]
