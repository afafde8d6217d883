"""`haikei look`: which Looks there are, whether their files are what they should be, how a new one is made, and what one paints."""

import contextlib
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from integration.cli.cells import cell
from integration.errors import RenderError, SettingsError
from integration.reports.terminal import safe
from integration.settings import Settings, read_settings
from render_service.contract import Look
from render_service.look_adding import Fetched, pinned_look, ready_file, ready_looks, wanted
from render_service.look_fetching import fetch_weights
from render_service.looks import load_look, look_files, read_look
from render_service.weights import find_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is tried."""

    look: str
    """Name of the Look."""
    layout: Path
    """A picture of a layout, scanned or drawn."""
    words: dict[str, str]
    """Words of the shot by field: place, season, time_of_day, weather, light, art_note."""
    out: Path
    """Folder for the picture and its recipe."""
    seed: int
    """What the noise is drawn from."""


def show_looks(file: Path | None) -> None:
    """Print every Look here, and every one that is ready to be added."""
    console = Console()
    table = Table("look", "kind", "licence", "commercial", "training data", "ready", title="Looks")
    table.columns[0].no_wrap = True
    for name, look_file in look_files(read_settings(file).render.looks).items():
        try:
            table.add_row(name, *map(cell, _row(read_look(look_file))))
        except RenderError as error:
            table.add_row(cell(name), *[""] * 4, cell(f"no: {error}"))
    ready = Table("ready to be added", "of", title="haikei look add NAME --folder FOLDER")
    ready.columns[0].no_wrap = True
    for name, template in ready_looks().items():
        ready.add_row(name, Text("\n".join(map(safe, filter(None, wanted(template).values())))))
    console.print(table, ready)


def check_looks(file: Path | None, name: str | None) -> None:
    """Hash every file of one Look, or of all, and print what is wrong.

    Raises:
        RenderError: something is.
    """
    folders = read_settings(file).render.looks
    console, wrong = Console(), 0
    for each in [name] if name else look_files(folders):
        problems = _problems(each, folders)
        wrong += len(problems)
        for problem in problems:
            console.print(problem.in_words(), markup=False, highlight=False, soft_wrap=True)
        if not problems:
            look = load_look(each, folders)
            files = sum(len(part) for part in (look.files, *(part.files for part in (look.control, look.ip_adapter) if part)))
            said = (
                f"{each}: {files + len(look.loras)} files unchanged; {look.licence}; training data {look.data_known}: {look.training_data}; "
                f"vendor training {look.vendor_training}"
            )
            console.print(said, markup=False, highlight=False, soft_wrap=True)
    if wrong:
        raise RenderError(f"{wrong} things keep Looks from being used", hint="Each is named above with what to do.")


def add_look(file: Path | None, template: str, fetched: dict[str, Fetched], *, name: str, into: Path | None, write: bool) -> None:
    """Make a Look file from a ready Look and fetched folders; printed only, unless `write`.

    Raises:
        RenderError: the folders hold what may not be used.
        SettingsError: there is no folder for Looks.
    """
    ready = ready_file(template)
    folder = into or _looks_folder(read_settings(file))
    target = folder / f"{name or ready.stem}.toml"
    text = pinned_look(ready, fetched, name=target.stem, beside=folder)
    print(text)
    if not write:
        print(f"This would be written to {target}; add --yes to write it.")
        return
    if target.exists():
        raise RenderError(f"{target} is there already", hint="Give the new Look another --name, or remove the old one.")
    folder.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".toml.part")
    part.write_text(text, encoding="utf-8")
    part.replace(target)
    print(f"Written to {target}. Try it: haikei look try {target.stem} LAYOUT")


def fetch_look(file: Path | None, template: str, into: Path, *, revision: str) -> None:
    """Fetch every folder a ready Look wants and print how it is added.

    Raises:
        SettingsError: the settings do not allow fetching.
        RenderError: the ready Look names no publisher, or the hub does not give it.
    """
    ready = ready_file(template)
    if not read_settings(file).render.allow_fetch:
        raise SettingsError(
            "the settings do not allow fetching models", hint="Set render.allow_fetch = true, or fetch the folders by other means."
        )
    given = {"model": "--folder", "control": "--control", "ip_adapter": "--ip-adapter"}
    words = []
    for table, repository in wanted(ready).items():
        if not repository:
            raise RenderError(f"'{ready.stem}' does not say where its {table} is published", hint=f"Read {ready}.")
        print(f"fetching {repository} ...", file=sys.stderr)
        folder = fetch_weights(repository, revision if table == "model" else "", into)
        words.append(f"{given[table]} {shlex.quote(str(folder))}")
    print(f"Fetched. See what would be pinned: haikei look add {ready.stem} {' '.join(words)}")


def try_look(file: Path | None, trial: Trial) -> None:
    """Register the layout, paint it once in a process of its own, and write the picture and its recipe.

    Raises:
        ArtworkError: the layout cannot be used.
        RenderError: the Look cannot be used, or paints nothing.
    """
    settings = read_settings(file)
    look = load_look(trial.look, settings.render.looks)
    trial.out.mkdir(parents=True, exist_ok=True)
    picture = trial.out.absolute() / f"{trial.layout.stem}_{look.name}_{trial.seed}.png"
    with TemporaryDirectory() as folder:
        order = {
            "look": look.name,
            "looks": [str(each.absolute()) for each in settings.render.looks],
            "scene": trial.words,
            **_registered(trial.layout, look, Path(folder)),
            "seed": trial.seed,
            "threads": settings.render.threads,
            "picture": str(picture),
        }
        done = _painted(order)
    print(f"painted: {picture}\nits recipe: {picture.with_suffix('.recipe.json')}\nprompt: {done['prompt']}")


def _row(look: Look) -> tuple[str, ...]:
    folders = [Path(look.folder), *(Path(part.folder) for part in (look.control, look.ip_adapter) if part)]
    missing = next((str(folder) for folder in folders if not folder.is_dir()), "")
    return (
        look.kind,
        "; ".join(dict.fromkeys((look.licence, *(part.licence for part in look.added)))),
        "yes" if look.commercial else "no",
        f"{look.data_known}; vendor training {look.vendor_training}",
        f"no: {missing} is not there" if missing else "yes",
    )


def _problems(name: str, folders: tuple[Path, ...]) -> list[RenderError]:
    try:
        return list(find_problems(load_look(name, folders)))
    except RenderError as error:
        return [error]


def _looks_folder(settings: Settings) -> Path:
    if not settings.render.looks:
        raise SettingsError("no folder for Looks is set", hint="Set render.looks in haikei.toml, or give --into.")
    return settings.render.looks[0]


def _registered(layout: Path, look: Look, folder: Path) -> dict[str, Any]:
    """The registered pictures as files in `folder`, and their size."""
    from PIL import Image  # these take a while to import

    from integration.artwork.checked_image import open_checked
    from integration.artwork.genzu import register_genzu

    genzu = register_genzu(open_checked(layout), width_px=look.width_px, height_px=look.height_px)
    pictures = {"line": genzu.line, "mask": genzu.cel_mask if genzu.cel_mask.any() else None, "rough": genzu.rough}
    files = {name: str(folder / f"{name}.png") if picture is not None else "" for name, picture in pictures.items()}
    for name, picture in pictures.items():
        if picture is not None:
            Image.fromarray(picture).save(files[name])
    return {**files, "width_px": genzu.width_px, "height_px": genzu.height_px}


def _painted(order: dict[str, Any]) -> dict[str, Any]:
    for answer in _answers(order):
        if "error" in answer:
            raise RenderError(answer["error"], hint=answer["hint"])
        if "done" in answer:
            done: dict[str, Any] = answer["done"]
            return done
        print(f"step {answer['step']} of {answer['count']}", file=sys.stderr)
    raise RenderError("the painting ended without a picture", hint="What it printed above says why.")


def _answers(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the painting process says, line by line; it ends with this."""
    command = [sys.executable, "-P", "-m", "render_service.try_look"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(json.dumps(order))
                child.stdin.close()
            yield from (json.loads(line) for line in child.stdout if line.startswith("{"))
        finally:
            child.terminate()
