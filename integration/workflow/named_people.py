"""The people whom a setting names, as the tracker knows them."""

from collections.abc import Iterable

import structlog

from integration.errors import TrackerError, TransientTrackerError
from integration.production import PersonId, ProjectId
from integration.tracker.protocol import Tracker

log = structlog.get_logger(__name__)


def named_people(tracker: Tracker, names: Iterable[str], *, project: ProjectId) -> set[PersonId]:
    """The people and groups called so, and the groups' members. A name that nobody has, or several, names nobody: `haikei doctor` tells.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    found: set[PersonId] = set()
    for name in names:
        try:
            (person,) = tracker.people([name], project=project)
        except TransientTrackerError:
            raise
        except TrackerError:
            log.warning("name not known", project=project, hint="`haikei doctor` says which of the settings' names.")
        else:
            found |= {person.id, *(member.id for member in tracker.members(person.id))}
    return found
