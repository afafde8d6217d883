"""What the contract suite needs of a site, whichever tracker runs it: people at work, and trouble on the way."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from integration.production import BackgroundId, NoteId, Person, PersonId, Project, TaskId, TimeLogId, VersionId
from integration.tracker.protocol import Tracker


class Trouble(StrEnum):
    """What may happen to one call."""

    BUSY = "busy"
    """Refused before it was done: asked to come back."""
    DOWN = "down"
    """Refused before it was done: maintenance."""
    CUT = "cut"
    """The connection is cut before an answer."""
    CUT_AFTER = "cut after"
    """Done, but the connection is cut before an answer."""
    ANSWER_LOST = "answer lost"
    """Done, but a gateway answered with an error."""


class Call(StrEnum):
    """Which call is troubled."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    UPLOAD = "upload"


class Site(Protocol):
    """A site with one project, its Layout and Background steps, and people."""

    tracker: Tracker
    project: Project
    artist: Person
    """A person called 佐藤 花."""
    group: Person
    """A group with `artist` in it, and one who left."""
    left: PersonId
    """Somebody who may not sign in any more."""
    layout_step: str
    background_step: str
    ready: str
    """A task status."""
    approved: str
    """A task status."""
    reviewed: str
    """A Version status."""
    omitted: str
    """A status of a cut that is not made after all."""
    draft_type: str
    coordinator: Person
    """A person called 進行 めい, who does what no other is named for."""
    deletes_for_good: bool
    """Whether what people delete is gone, and nobody can bring it back."""
    says_who_entered_time: bool
    """Whether a time log tells whose hand was last on it."""
    dates_all_time: bool
    """Whether a time log tells a day even where nobody chose one."""
    keeps_cut_order: bool
    """Whether a cut has a field for its place in the cut."""
    works_bare: bool
    """Whether haikei can write what it must before the site was set up."""
    lists_filled_by: Call
    """Which call puts something into a playlist."""

    def opened_with_wrong_key(self) -> Tracker:
        """The same site, with a key it does not know."""
        ...

    def opened_again(self, *, look_back_s: float = 0.0) -> Tracker:
        """The same site, opened by another process."""
        ...

    def new_cut(self, code: str) -> BackgroundId:
        """A cut of `project`."""
        ...

    def new_background(self, code: str, cuts: list[BackgroundId]) -> BackgroundId:
        """A background that serves `cuts`."""
        ...

    def new_task(self, background: BackgroundId, *, step: str, name: str, status: str, assigned: bool = False) -> TaskId:
        """A person makes a task."""
        ...

    def approve(self, task: TaskId) -> None:
        """A person sets the task to `approved`."""
        ...

    def retire_task(self, task: TaskId) -> None:
        """A person deletes a task."""
        ...

    def retire_version(self, version: VersionId) -> None:
        """A person deletes a Version."""
        ...

    def hand_in(self, task: TaskId, name: str, picture: Path | None, *, is_genzu: bool = False, declares_ai: bool = False) -> VersionId:
        """A person hands a Version in."""
        ...

    def revive_version(self, version: VersionId) -> None:
        """A person takes a deleted Version back."""
        ...

    def assign(self, task: TaskId) -> None:
        """A person puts `artist` alone on a task."""
        ...

    def set_background_status(self, background: BackgroundId, status: str) -> None:
        """A person sets the status of a cut, or of a background of its own."""
        ...

    def set_place(self, background: BackgroundId, place: str) -> Person:
        """A person writes where a cut plays, and is given back."""
        ...

    def write_policy(self, text: str, *, login: str) -> None:
        """Somebody writes the project's AI policy: ``sato`` (`artist`), ``shinko`` (`coordinator`) or ``haikei`` (our own key)."""
        ...

    def set_bid(self, task: TaskId, minutes: int | None) -> None:
        """A person writes how long a task will take, or takes it back."""
        ...

    def set_cut(self, background: BackgroundId, *, order: int, first: int, last: int) -> None:
        """A person writes where a cut stands, as far as its tracker has fields for it, and its frames."""
        ...

    def assign_both(self, task: TaskId) -> None:
        """A person puts `artist` and `coordinator` on a task."""
        ...

    def write_note(self, version: VersionId, content: str) -> NoteId:
        """A person writes a Note on a Version and on what it belongs to."""
        ...

    def draw_on(self, note: NoteId, picture: Path, *, in_field: bool = True) -> None:
        """A person attaches a picture to a Note, as one tool or the other does it."""
        ...

    def say_outcome(self, version: VersionId, said: str | None) -> None:
        """A person writes into the Version's field what became of a draft, or clears it."""
        ...

    def tick_no_draft(self, background: BackgroundId) -> None:
        """A person ticks that the background is painted without a draft."""
        ...

    def copy_version(self, version: VersionId) -> VersionId:
        """A person duplicates a Version, fields and all."""
        ...

    def log_time(self, task: TaskId | None, minutes: int | None, *, day: str | None = None, by_artist: bool = True) -> TimeLogId:
        """`artist` logs time, or another person for them."""
        ...

    def change_time(self, time_log: TimeLogId, minutes: int | None, *, by_artist: bool = True) -> None:
        """The same people give a time log another duration."""
        ...

    def move_time(self, time_log: TimeLogId, task: TaskId) -> None:
        """`artist` moves a time log to another task."""
        ...

    def retire_time(self, time_log: TimeLogId) -> None:
        """A person deletes a time log."""
        ...

    def revive_time(self, time_log: TimeLogId) -> None:
        """`artist` brings a deleted time log back."""
        ...

    def count(self, kind: str, name: str) -> int:
        """How many living entities of a kind (`version`, `task`, `note`, `playlist`) carry this name."""
        ...

    def files_on(self, task: TaskId) -> list[str]:
        """Names of the files attached to a task, in order."""
        ...

    def note_text(self, note: str) -> str:
        """A note's text as people read it."""
        ...

    def trouble(self, what: Trouble, on: Call, *, times: int = 1) -> None:
        """Let the next `times` calls of this kind fail so."""
        ...

    def broken_downloads(self, times: int) -> None:
        """Let the next downloads end half-way."""
        ...

    def lost_meta(self) -> AbstractContextManager[None]:
        """What happens inside is logged by the server without detail."""
        ...

    def late_events(self) -> AbstractContextManager[None]:
        """What happens inside reaches the event log about a second later, behind what follows."""
        ...

    def hide_status(self, status: str) -> None:
        """Hide a task status in `project`."""
        ...


Sites = Iterator[Site]
