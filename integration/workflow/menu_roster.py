"""Who may choose what in the tracker's menu, as far as that can be told without asking the tracker at every right click."""

import sqlalchemy as sa

from integration.database import drafts, handed
from integration.errors import NotFoundInTrackerError
from integration.production import PersonId, ProjectId
from integration.studio import Studio
from integration.workflow.named_people import named_people
from integration.workflow.rounds import DraftState, Round


class Roster:
    """What was learnt last; whether somebody may is asked anew before anything is done. May be read by other threads."""

    def __init__(self, studio: Studio) -> None:
        """Begin with nobody."""
        self._studio = studio
        self._directors: dict[ProjectId, set[PersonId]] = {}
        self._speakers: dict[ProjectId, set[PersonId]] = {}
        self._members: dict[str, set[PersonId]] = {}

    def learn(self) -> None:
        """Ask the tracker whom settings name, and who is in the groups that review tasks are assigned to.

        Raises:
            TransientTrackerError: the tracker does not answer; what was learnt before holds.
        """
        tracker = self._studio.tracker
        for project, rules in self._studio.projects.items():
            self._directors[project] = named_people(tracker, rules.art_directors, project=project)
            self._speakers[project] = named_people(tracker, rules.outcome_by, project=project)
        for assigned in self._assigned():
            if self._members.get(assigned) != {assigned}:  # one person is not asked for twice
                try:
                    self._members[assigned] = {member.id for member in tracker.members(PersonId(assigned))}
                except NotFoundInTrackerError:
                    self._members[assigned] = set()

    def is_director(self, project: str, person: PersonId) -> bool:
        """Whether the show's settings name them as art director."""
        return person in self._directors.get(ProjectId(project), ())

    def may_speak(self, connection: sa.Connection, draft: Round, person: PersonId) -> bool:
        """Whether it is theirs to say what became of a round's drafts, as the database has it."""
        if person in self._speakers.get(ProjectId(draft.project), ()):
            return True
        on_task = connection.execute(sa.select(handed.c.person).where((handed.c.draft == draft.key) & handed.c.on_task)).scalars()
        return any(person == assigned or person in self._members.get(assigned, ()) for assigned in on_task)

    def _assigned(self) -> list[str]:
        standing = (drafts.c.site == self._studio.tracker.site) & (drafts.c.state == DraftState.DELIVERED) & handed.c.on_task
        query = sa.select(handed.c.person).join(drafts, drafts.c.key == handed.c.draft).where(standing).distinct()
        with self._studio.engine.connect() as connection:
            return [str(person) for person in connection.execute(query).scalars()]
