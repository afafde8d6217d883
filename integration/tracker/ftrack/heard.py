"""What the hub told and only the hub tells, kept until whoever reads has passed it. May be used by many threads."""

import threading
from collections import deque
from collections.abc import Iterable

from integration.tracker.ftrack.hub_facts import Fact
from integration.tracker.ftrack.records import BACKGROUNDS, OUTCOME

_MOST = 20_000
_PLACES = 20_000
_COMPONENTS = ("FileComponent", "Component", "SequenceComponent", "ContainerComponent")


class Heard:
    """A buffer of facts, the oldest left out when it is full: the sweep by state finds what is lost."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._facts: deque[Fact] = deque(maxlen=_MOST)
        self._places: dict[str, tuple[str, str]] = {}

    def hear(self, facts: Iterable[Fact]) -> bool:
        """Keep those that only the hub tells. Whether any of `facts` concerns us, so that it is worth looking at once."""
        concerns = False
        for fact in facts:
            self._remember(fact)
            if tells(fact):
                with self._lock:
                    self._facts.append(fact)
            concerns = concerns or tells(fact) or nudges(fact)
        return concerns

    def facts(self) -> tuple[Fact, ...]:
        """Everything that is kept, in the order in which it was heard."""
        with self._lock:
            return tuple(self._facts)

    def forget(self, before_s: int) -> None:
        """Leave out what happened before a second that the reader has passed."""
        with self._lock:
            self._facts = deque((fact for fact in self._facts if fact.at.timestamp() >= before_s), maxlen=_MOST)

    def place(self, entity: str) -> tuple[str, str] | None:
        """Type and project of an entity that the hub spoke of, which may be deleted since."""
        with self._lock:
            return self._places.get(entity)

    def _remember(self, fact: Fact) -> None:
        with self._lock:
            self._places.pop(fact.entity, None)
            self._places[fact.entity] = fact.kind, fact.project
            while len(self._places) > _PLACES:
                del self._places[next(iter(self._places))]


def tells(fact: Fact) -> bool:
    """Whether no history of ftrack's says what this fact does."""
    match fact.kind, fact.action:
        case "AssetVersion", "remove":
            return True
        case "AssetVersion", "update":
            return fact.changed(OUTCOME)
        case "Appointment" | "NoteComponent" | "Timelog", _:
            return True
        case kind, "add" | "update" if kind in _COMPONENTS:
            return fact.action == "add" or fact.changed("version_id", "versionid")
        case _:
            return False


def nudges(fact: Fact) -> bool:
    """Whether a history will say it, and should be read at once."""
    if fact.kind in ("Task", *BACKGROUNDS):
        return fact.action == "add" or fact.changed("statusid", "status_id")
    return fact.kind in ("AssetVersion", "Note") and (fact.action == "add" or fact.changed("statusid", "status_id"))
