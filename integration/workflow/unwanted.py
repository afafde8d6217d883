"""Whether a draft of a background is wanted at all, asked before anything is rendered; whose wish it is stays in the answer."""

from integration.production import Background, Person, PersonKind
from integration.settings import ProjectSettings
from integration.tracker.protocol import Tracker
from integration.workflow.named_people import named_people


def no_draft_wanted(tracker: Tracker, background: Background, rules: ProjectSettings) -> bool:
    """Whether the background is ticked as without a draft, or is work of somebody who wants none.

    Its workers are those assigned to its tasks of the background step; before there are any, those whom the show's rule names. A
    group counts when it is named itself or everybody in it wants none; so does a round robin, for nobody knows whose turn it is.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    if background.no_draft:
        return True
    if not rules.no_draft_for:
        return False
    wish = _Wish(tracker, background, rules)
    assigned = {person.id: person for task in tracker.tasks_on(background.id, step=rules.background_step) for person in task.assignees}
    if assigned:
        return any(map(wish.of, assigned.values()))
    if rules.assignment.kind == "nobody":
        return False
    expected = tracker.people(rules.assignment.to, project=background.project.id)
    together = all if rules.assignment.kind == "round_robin" else any
    return together(map(wish.of, expected))


class _Wish:
    """Who wants no drafts, found in the tracker once."""

    def __init__(self, tracker: Tracker, background: Background, rules: ProjectSettings) -> None:
        self._tracker = tracker
        self._names = set(rules.no_draft_for)
        self._ids = named_people(tracker, rules.no_draft_for, project=background.project.id)

    def of(self, person: Person) -> bool:
        """Whether they want none; a name that several carry counts for each of them."""
        if person.id in self._ids or {person.name, person.name_en} & self._names:
            return True
        if person.kind is not PersonKind.GROUP:
            return False
        members = self._tracker.members(person.id)
        return bool(members) and all(self.of(member) for member in members)
