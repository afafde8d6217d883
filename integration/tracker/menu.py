"""What every tracker's menu tells when somebody chooses our item in it: who, and about what."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from integration.errors import TrackerError
from integration.production import PersonId, TaskId, VersionId


class Fault(StrEnum):
    """Why a call of the menu does not count."""

    UNREADABLE = "unreadable"
    """It is no form of a menu, or lacks what one has."""
    UNSIGNED = "unsigned"
    """The signature is missing, or made with another secret, or something was changed after it."""
    OLD = "old"
    """It was signed too long ago."""
    EARLY = "early"
    """It was signed in the future: a clock is wrong."""
    ELSEWHERE = "elsewhere"
    """It comes from another site."""
    OTHER_KIND = "other_kind"
    """It is about neither Versions nor tasks."""
    NOTHING = "nothing"
    """Nothing was selected."""
    TOO_MUCH = "too_much"
    """More was selected than one page shows."""


class MenuError(TrackerError):
    """A call of the menu that does not count."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault = fault
        """Why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuCall:
    """Somebody chose our item, and the tracker says so."""

    person: PersonId
    """Who, as the tracker signed it; whether they are active, and may, is asked apart."""
    versions: tuple[VersionId, ...]
    """What was selected, when that is Versions."""
    tasks: tuple[TaskId, ...]
    """What was selected, when that is tasks."""
    at: datetime
    """When, by the tracker's clock, aware UTC."""


class Menu(Protocol):
    """How one tracker's menu calls us."""

    @property
    def name(self) -> str:
        """The tracker's name in the address that its menu calls: ``/menu/{name}/outcome``."""
        ...

    def read(self, body: bytes, *, now: datetime) -> MenuCall:
        """What the call says; `now` is our clock, aware UTC.

        Raises:
            MenuError: it does not count.
        """
        ...
