"""Names as settings spell them: ftrack's people write "approved", "Approved" or "APPROVED" and mean one status. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from integration.settings import ProjectSettings


@dataclass(frozen=True, slots=True)
class Spelling:
    """Settings' spelling of steps and statuses, by how they are written in small letters."""

    steps: Mapping[str, str]
    statuses: Mapping[str, str]

    def step(self, name: str) -> str:
        """A step's name as settings write it; as the site does where they do not name it."""
        return self.steps.get(name.casefold(), name)

    def status(self, name: str) -> str:
        """The same of a status."""
        return self.statuses.get(name.casefold(), name)


def spelling_of(rules: Iterable[ProjectSettings]) -> Spelling:
    """The spelling of every show's settings."""
    shows = list(rules) or [ProjectSettings()]
    steps = [name for show in shows for name in (show.layout_step, show.background_step)]
    statuses = [name for show in shows for name in statuses_of(show)]
    return Spelling(_first(steps), _first(statuses))


def statuses_of(show: ProjectSettings) -> list[str]:
    """Every status that a show's settings name."""
    single = (show.review_status, show.waiting_status, show.draft_status, show.superseded_status, show.orders.received_status)
    several = (show.approved, show.outcomes, show.omitted_statuses, show.retake_statuses, show.final_statuses, show.genzu.statuses)
    return [name for name in (*single, *(name for names in several for name in names)) if name]


def _first(names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return found
