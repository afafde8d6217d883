"""Finds hook files by path, and tells which hooks an event concerns.

A hook file is plain Python with a function ``register(on)``; what it registers is called as ``hook(event, actions)``.
"""

import importlib.util
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import integration
from integration.errors import HookError
from integration.events import (
    BackgroundStatusChanged,
    NoteAttached,
    NoteCreated,
    OutcomeSaid,
    TaskAssigneesChanged,
    TaskStatusChanged,
    TimeLogged,
    TrackerEvent,
    VersionCreated,
    VersionMediaUploaded,
    VersionRetired,
    VersionRevived,
    VersionStatusChanged,
)
from integration.intake.actions import Actions
from integration.settings import ProjectSettings

Hook = Callable[[TrackerEvent, Actions], None]
Condition = Callable[[TrackerEvent, ProjectSettings], bool]

APPROVED = "approved"
"""Stands for every status a project calls approved, where a hook names a status."""
OMITTED = "omitted"
"""Stands for every status that says that a background is not made after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One hook with the events it waits for."""

    name: str
    """``layout_approved.start_background_draft``; unique, the same after a restart."""
    call: Hook
    concerns: Condition
    built_in: bool = True
    """Whether it is haikei's own; a studio's may do anything when called."""


class On:
    """What a hook file says its hooks wait for; handed to its ``register``."""

    def __init__(self, file: str, *, built_in: bool = True) -> None:
        self._file, self._built_in = file, built_in
        self.registered: list[Registered] = []
        """In the order the file registered them."""

    def task_status(self, *, becomes: str | None = None, leaves: str | None = None) -> Callable[[Hook], Hook]:
        """A task's status changed; `becomes` and `leaves` take a status code, or ``approved`` for what the project calls so."""
        return self._add(lambda event, project: isinstance(event, TaskStatusChanged) and _moves(event, becomes, leaves, project))

    def task_assignees(self) -> Callable[[Hook], Hook]:
        """Somebody was put on a task or taken off it."""
        return self._add(lambda event, _: isinstance(event, TaskAssigneesChanged))

    def background_status(self, *, becomes: str | None = None, leaves: str | None = None) -> Callable[[Hook], Hook]:
        """A Shot's status changed, or that of an Asset; `becomes` and `leaves` take a status code, or ``omitted``."""
        return self._add(lambda event, project: isinstance(event, BackgroundStatusChanged) and _moves(event, becomes, leaves, project))

    def version_created(self) -> Callable[[Hook], Hook]:
        """A Version appeared."""
        return self._add(lambda event, _: isinstance(event, VersionCreated))

    def version_media(self) -> Callable[[Hook], Hook]:
        """A Version received its file."""
        return self._add(lambda event, _: isinstance(event, VersionMediaUploaded))

    def version_status(self, *, becomes: str | None = None) -> Callable[[Hook], Hook]:
        """A Version's status changed; `becomes` takes a status code."""
        return self._add(lambda event, _: isinstance(event, VersionStatusChanged) and (becomes is None or event.new == becomes))

    def version_retired(self) -> Callable[[Hook], Hook]:
        """A Version was deleted."""
        return self._add(lambda event, _: isinstance(event, VersionRetired))

    def version_revived(self) -> Callable[[Hook], Hook]:
        """A deleted Version was taken back."""
        return self._add(lambda event, _: isinstance(event, VersionRevived))

    def note_created(self) -> Callable[[Hook], Hook]:
        """Somebody wrote a Note."""
        return self._add(lambda event, _: isinstance(event, NoteCreated))

    def note_attached(self) -> Callable[[Hook], Hook]:
        """A Note received a file."""
        return self._add(lambda event, _: isinstance(event, NoteAttached))

    def outcome_said(self) -> Callable[[Hook], Hook]:
        """Somebody said in the Version's field what became of a draft."""
        return self._add(lambda event, _: isinstance(event, OutcomeSaid))

    def time_logged(self) -> Callable[[Hook], Hook]:
        """Somebody logged, changed or withdrew time."""
        return self._add(lambda event, _: isinstance(event, TimeLogged))

    def _add(self, concerns: Condition) -> Callable[[Hook], Hook]:
        def register(hook: Hook) -> Hook:
            self.registered.append(Registered(name=f"{self._file}.{hook.__name__}", call=hook, concerns=concerns, built_in=self._built_in))
            return hook

        return register


def _moves(event: TaskStatusChanged | BackgroundStatusChanged, becomes: str | None, leaves: str | None, project: ProjectSettings) -> bool:
    enters = becomes is None or (_is(event.new, becomes, project) and not _is(event.old, becomes, project))
    left = leaves is None or (_is(event.old, leaves, project) and not _is(event.new, leaves, project))
    return enters and left


def _is(status: str | None, wanted: str, project: ProjectSettings) -> bool:
    meant = {APPROVED: project.approved, OMITTED: project.omitted_statuses}
    return status in meant[wanted] if wanted in meant else status == wanted


@dataclass(frozen=True, slots=True)
class HookRegistry:
    """Every hook that was found."""

    hooks: tuple[Registered, ...]

    def matching(self, event: TrackerEvent, project: ProjectSettings) -> Iterator[Registered]:
        """The hooks `event` concerns, in the order of their files' names."""
        return (hook for hook in self.hooks if hook.concerns(event, project))

    def named(self, name: str) -> Registered | None:
        """The hook of that name, None when its file is gone."""
        return next((hook for hook in self.hooks if hook.name == name), None)


def built_in_folder() -> Path:
    """The folder of haikei's own hooks, beside the package wherever it is installed."""
    return Path(integration.__file__).parents[1] / "hooks"


def load_hooks(folders: Iterable[Path]) -> HookRegistry:
    """Load the built-in hooks and every ``*.py`` of `folders`.

    Raises:
        HookError: a folder is missing, a file cannot be loaded, has no ``register``, or two hooks share a name.
    """
    found: dict[str, Registered] = {}
    for folder in (built_in_folder(), *folders):
        if not folder.is_dir():
            raise HookError(f"hooks folder {folder} does not exist", hint="Correct hooks.folders in haikei.toml.")
        for file in sorted(folder.glob("*.py")):
            for hook in _hooks_of(file):
                if hook.name in found:
                    raise HookError(f"{file}: a hook named {hook.name} exists already", hint="Rename the file or the function.")
                found[hook.name] = hook
    return HookRegistry(tuple(found.values()))


def _hooks_of(file: Path) -> list[Registered]:
    on = On(file.stem, built_in=file.parent == built_in_folder())
    try:
        _module_at(file).register(on)
    except Exception as error:
        raise HookError(f"hook file {file} cannot be loaded: {error!r}", hint="Mend the file, or take it out of the folder.") from error
    return on.registered


def _module_at(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"haikei_hook_{file.stem}_{abs(hash(file.resolve()))}", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
