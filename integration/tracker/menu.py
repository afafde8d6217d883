"""What every tracker's menu tells when somebody chooses our item in it: who, and about what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from integration.errors import TrackerError
from integration.production import BackgroundId, PersonId, TaskId, VersionId


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
    backgrounds: tuple[BackgroundId, ...] = ()
    """What was selected, when that is what backgrounds hang on."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """One of our items, where it applies."""

    name: str
    """What `MenuDesk.choose` is called with: ``outcome``."""
    label: str
    """What people read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One question of a form that a menu shows."""

    name: str
    label: str
    kind: str
    """``choice``, ``line``, ``text``, ``words`` (read only, `label` alone) or ``hidden`` (not shown, `value` comes back)."""
    choices: tuple[tuple[str, str], ...] = ()
    """Value and label of each, for ``choice``."""
    value: str = ""
    """What stands there at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuReply:
    """What somebody sees after choosing an item, or after filling its form in."""

    done: bool
    """False when nothing was done: it was refused, or `form` asks something first."""
    message: str
    """One or two plain sentences; empty beside a form."""
    form: tuple[FormField, ...] = ()


class MenuDesk(Protocol):
    """What stands behind our items in a menu that asks for them itself, and shows what we answer."""

    def items(self, call: MenuCall) -> tuple[MenuItem, ...]:
        """The items that apply to what is selected; quick, for it runs at every right click."""
        ...

    def choose(self, item: str, call: MenuCall, answers: Mapping[str, str]) -> MenuReply:
        """Do what an item stands for; `answers` are those of its form, empty at first and untrusted."""
        ...
