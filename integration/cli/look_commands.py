"""The commands under `haikei look`, as they are typed."""

from pathlib import Path
from typing import Annotated

import typer

from integration.errors import SettingsError

look = typer.Typer(no_args_is_help=True, help="What paints: Looks and their models.")

SettingsFile = Annotated[Path | None, typer.Option("--settings", "-s", help="Settings file; haikei.toml here if there is one.")]


@look.callback()
def _look() -> None:
    """What paints: Looks and their models."""


@look.command("list")
def look_list(settings: SettingsFile = None) -> None:
    """Show every Look here, its licences and data, and those that are ready to be added."""
    from integration.cli.look import show_looks

    show_looks(settings)


@look.command("check")
def look_check(
    name: Annotated[str | None, typer.Argument(help="The Look.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every Look here.")] = False,
    settings: SettingsFile = None,
) -> None:
    """Hash every file of a Look and say what is missing or changed, and what to do."""
    from integration.cli.look import check_looks

    if (name is None) == (not everything):
        raise SettingsError("name one Look, or give --all", hint="`haikei look list` names them.")
    check_looks(settings, name)


@look.command("add")
def look_add(
    template: Annotated[str, typer.Argument(help="A ready Look that `haikei look list` names, or a TOML file.")],
    folder: Annotated[Path, typer.Option(help="The model's folder, as it was fetched.")],
    revision: Annotated[str, typer.Option(help="The model's revision, where its folder is not called by it.")] = "",
    control: Annotated[Path | None, typer.Option(help="Folder of the ControlNet or adapter.")] = None,
    control_revision: Annotated[str, typer.Option(help="Its revision.")] = "",
    ip_adapter: Annotated[Path | None, typer.Option(help="Folder of the IP-Adapter.")] = None,
    ip_adapter_revision: Annotated[str, typer.Option(help="Its revision.")] = "",
    name: Annotated[str, typer.Option(help="Name of the new Look; the ready Look's if left out.")] = "",
    into: Annotated[Path | None, typer.Option(help="Folder for the Look file; the first of render.looks if left out.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write it; without this it is only shown.")] = False,
    settings: SettingsFile = None,
) -> None:
    """Make a Look of fetched folders: hash every file, refuse what is not allowed, and show the file that would be written."""
    from integration.cli.look import add_look
    from render_service.look_adding import Fetched

    given = {"model": (folder, revision), "control": (control, control_revision), "ip_adapter": (ip_adapter, ip_adapter_revision)}
    fetched = {table: Fetched(folder=path, revision=of) for table, (path, of) in given.items() if path is not None}
    add_look(settings, template, fetched, name=name, into=into, write=yes)


@look.command("fetch")
def look_fetch(
    template: Annotated[str, typer.Argument(help="A ready Look that `haikei look list` names, or a TOML file.")],
    into: Annotated[Path, typer.Option(help="Folder where models are kept.")],
    revision: Annotated[str, typer.Option(help="The model's commit; the newest if left out.")] = "",
    settings: SettingsFile = None,
) -> None:
    """Fetch what a ready Look wants from the model hub, where render.allow_fetch is set; safetensors only."""
    from integration.cli.look import fetch_look

    fetch_look(settings, template, into, revision=revision)


@look.command("try")
def look_try(
    name: Annotated[str, typer.Argument(help="The Look.")],
    layout: Annotated[Path, typer.Argument(help="A layout, scanned or drawn.")],
    place: Annotated[str, typer.Option(help="What is to be painted.")] = "",
    season: Annotated[str, typer.Option(help="Spring, summer, autumn, winter; in any language the Look reads.")] = "",
    time_of_day: Annotated[str, typer.Option("--time", help="Morning, noon, evening, night.")] = "",
    weather: Annotated[str, typer.Option(help="Clear, cloudy, rain, snow, fog.")] = "",
    light: Annotated[str, typer.Option(help="Where light comes from.")] = "",
    words: Annotated[str, typer.Option(help="Anything more, as the art director would note it.")] = "",
    out: Annotated[Path, typer.Option(help="Folder for the picture and its recipe.")] = Path(),
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Decides all chance.")] = 1,
    settings: SettingsFile = None,
) -> None:
    """Paint one layout on this machine, with no tracker and no queue; writes the picture and its recipe."""
    from integration.cli.look import Trial, try_look

    given = {"place": place, "season": season, "time_of_day": time_of_day, "weather": weather, "light": light, "art_note": words}
    try_look(settings, Trial(look=name, layout=layout, words=given, out=out, seed=seed))
