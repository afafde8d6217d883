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
    OutcomeSaid,
    TaskStatusChanged,
    TimeLogged,
    TrackerEvent,
    VersionCreated,
    VersionMediaUploaded,
    VersionStatusChanged,
)
from integration.intake.actions import Actions
from integration.settings import ProjectSettings

Hook = Callable[[TrackerEvent, Actions], None]
Condition = Callable[[TrackerEvent, ProjectSettings], bool]

APPROVED = "approved"
"""Stands for every status a project calls approved, where a hook names a status."""


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

        def concerns(event: TrackerEvent, project: ProjectSettings) -> bool:
            if not isinstance(event, TaskStatusChanged):
                return False
            enters = becomes is None or (_is(event.new, becomes, project) and not _is(event.old, becomes, project))
            left = leaves is None or (_is(event.old, leaves, project) and not _is(event.new, leaves, project))
            return enters and left

        return self._add(concerns)

    def version_created(self) -> Callable[[Hook], Hook]:
        """A Version appeared."""
        return self._add(lambda event, _: isinstance(event, VersionCreated))

    def version_media(self) -> Callable[[Hook], Hook]:
        """A Version received its file."""
        return self._add(lambda event, _: isinstance(event, VersionMediaUploaded))

    def version_status(self, *, becomes: str | None = None) -> Callable[[Hook], Hook]:
        """A Version's status changed; `becomes` takes a status code."""
        return self._add(lambda event, _: isinstance(event, VersionStatusChanged) and (becomes is None or event.new == becomes))

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


def _is(status: str | None, wanted: str, project: ProjectSettings) -> bool:
    return status in project.approved if wanted == APPROVED else status == wanted


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
