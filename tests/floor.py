"""The studio's floor, whichever tracker it works in: what people do there, and what they see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from tests.pretend_episode import Cut

TRACKERS = ("shotgrid", "ftrack")
"""Every tracker that the flow tests run on."""


class Standing(StrEnum):
    """How a task, a Version or a cut stands, by what it means."""

    WAITING = "waiting"
    READY = "ready"
    WORKING = "working"
    REVIEWING = "reviewing"
    APPROVED = "approved"
    OMITTED = "omitted"
    DRAFT = "draft"
    SUPERSEDED = "superseded"
    RETAKE = "retake"
    USED = "used"
    PARTLY_USED = "partly used"
    NOT_USED = "not used"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenVersion:
    """A Version as somebody sees it."""

    id: str
    name: str
    standing: Standing
    type: str
    task: str
    """Id of its task; empty for none."""
    file: str
    """Name of its file; empty for none."""
    description: str
    playlists: list[str]
    key: str
    """haikei's own key; empty on what people handed in."""
    declares_ai: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenNote:
    """A Note as somebody sees it."""

    subject: str
    content: str
    to: list[str]
    """Names of whom it addresses."""
    on: list[str] = field(default_factory=list)
    """Ids of the Versions and tasks it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTask:
    """A task as somebody sees it."""

    id: str
    name: str
    step: str
    standing: Standing
    assignees: list[str]
    """Names."""


class Floor(Protocol):
    """People of the episode at work, each through the tracker's real client; ``by`` is a login."""

    tracker: str
    url: str
    faults: Any
    secrets: list[str]
    """What must stand nowhere outside."""
    errors: tuple[type[Exception], ...]
    """What the vendor's client raises of its own."""
    revives: bool
    """Whether what was deleted can be brought back."""
    remembers: bool
    """Whether its log tells afterwards who was put on a task, and what was deleted."""

    def close(self) -> None:
        """Everybody leaves, and the site stops."""
        ...

    def settings(self) -> str:
        """The part of the settings file that names the tracker."""
        ...

    def called(self, standing: Standing) -> str:
        """What the tracker calls a standing."""
        ...

    def person(self, login: str) -> str:
        """Whom the tracker's adapter takes a person for: ``HumanUser:45``."""
        ...

    def shot(self, cut: Cut) -> str:
        """Id of a cut's Shot."""
        ...

    def layout_task(self, cut: Cut) -> str:
        """Id of its layout task."""
        ...

    def genzu(self, cut: Cut) -> str:
        """Id of the Version that holds its genzu."""
        ...

    def set_task(self, task: str, standing: Standing, *, by: str = "sakura") -> None:
        """Somebody sets a task's status."""
        ...

    def set_version(self, version: str, standing: Standing, *, by: str = "sakura") -> None:
        """Somebody sets a Version's status."""
        ...

    def set_shot(self, cut: Cut, standing: Standing) -> None:
        """The coordinator sets a Shot's status."""
        ...

    def set_weather(self, cut: Cut, weather: str, *, by: str) -> None:
        """Somebody writes what the weather is."""
        ...

    def tick_no_draft(self, cut: Cut, ticked: bool) -> None:
        """The coordinator ticks that a cut wants no draft."""
        ...

    def say_outcome(self, version: str, said: str | None, *, by: str = "artist") -> None:
        """Somebody writes into the field for it what became of a draft."""
        ...

    def offer_outcome(self, said: str) -> None:
        """An admin lets the field offer another word."""
        ...

    def write_policy(self, text: str, *, by: str) -> None:
        """Somebody writes the show's AI policy."""
        ...

    def new_task(self, cut: Cut, name: str, *, step: str, standing: Standing = Standing.WAITING, to: Sequence[str] = ()) -> str:
        """The coordinator makes a task."""
        ...

    def assign(self, task: str, login: str) -> None:
        """The coordinator puts one person alone on a task."""
        ...

    def hand_in(
        self, cut: Cut, name: str, file: Path | None, *, task: str = "", kind: str = "", declares_ai: bool = False, by: str = "sakura"
    ) -> str:
        """Somebody hands a Version in."""
        ...

    def lose_file(self, version: str) -> None:
        """A Version's file is lost."""
        ...

    def delete_version(self, version: str) -> None:
        """The coordinator deletes a Version."""
        ...

    def revive_version(self, version: str) -> None:
        """The coordinator takes it back, where that can be done."""
        ...

    def write_note(self, cut: Cut, version: str, text: str, *, by: str, drawing: Path | None = None) -> str:
        """Somebody writes on a Version, and draws over it."""
        ...

    def log_time(self, cut: Cut, minutes: int) -> str:
        """The layout artist logs time on the layout."""
        ...

    def change_time(self, time_log: str, minutes: int) -> None:
        """They correct it."""
        ...

    def delete_time(self, time_log: str) -> None:
        """They withdraw it."""
        ...

    def drafts(self, cut: Cut) -> list[SeenVersion]:
        """Haikei's Versions on a cut, oldest first."""
        ...

    def every_draft(self, prefix: str = "") -> list[SeenVersion]:
        """Every Version of haikei's whose key begins so."""
        ...

    def version(self, version: str) -> SeenVersion:
        """One Version."""
        ...

    def notes(self, cut: Cut) -> list[SeenNote]:
        """Notes about a cut, its Versions or tasks, oldest first."""
        ...

    def every_note(self) -> list[SeenNote]:
        """Every Note of the show."""
        ...

    def task(self, task: str) -> SeenTask:
        """One task."""
        ...

    def tasks(self, cut: Cut, name: str) -> list[SeenTask]:
        """A cut's tasks of a name."""
        ...

    def every_task(self, name: str) -> list[SeenTask]:
        """The show's tasks of a name."""
        ...

    def files_on(self, task: str) -> list[str]:
        """Names of the files attached to a task."""
        ...

    def fetch_attached(self, task: str, name: str, file: Path) -> None:
        """Save a file that is attached to a task."""
        ...

    def fetch(self, version: str, file: Path) -> None:
        """Save a Version's file."""
        ...

    def summary(self, cut: Cut) -> str:
        """What haikei wrote beside the cut."""
        ...

    def thumbnails(self, cut: Cut, task: str = "") -> tuple[Any, Any]:
        """Of a cut's Shot and of a task."""
        ...

    def approval_event(self, cut: Cut) -> str:
        """Id by which haikei knows the event of the last change of a layout task's status."""
        ...

    def newest_change(self) -> Any:
        """Something that differs as soon as anybody writes."""
        ...


def approve(floor: Floor, cut: Cut, *, by: str = "sakura") -> None:
    """The coordinator approves a cut's layout."""
    floor.set_task(floor.layout_task(cut), Standing.APPROVED, by=by)


def reopen(floor: Floor, cut: Cut) -> None:
    """The coordinator takes the approval back."""
    floor.set_task(floor.layout_task(cut), Standing.REVIEWING)


def standings(floor: Floor, cut: Cut) -> list[str]:
    """How a cut's drafts stand, sorted."""
    return sorted(draft.standing for draft in floor.drafts(cut))
