"""The commands under `haikei notice`, as they are typed."""

from pathlib import Path
from typing import Annotated

import typer

notice = typer.Typer(no_args_is_help=True, help="The studio's notice on AI use.")

SettingsFile = Annotated[Path | None, typer.Option("--settings", "-s", help="Settings file; haikei.toml here if there is one.")]


@notice.callback()
def _notice() -> None:
    """The studio's notice on AI use."""


@notice.command("list")
def notice_list(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
    settings: SettingsFile = None,
) -> None:
    """Show who was given which version, and who says that they read it."""
    from integration.cli.notice import show_notices

    show_notices(settings, as_json=as_json)


@notice.command("acknowledge")
def notice_acknowledge(
    name: Annotated[str, typer.Argument(help="The person's name as the tracker shows it, or their id there.")],
    show: Annotated[str, typer.Option(help="The show's name.")],
    told_by: Annotated[str, typer.Option("--told-by", help="Who puts it down for them; their own name is recorded too.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    settings: SettingsFile = None,
) -> None:
    """Put down that a person has read the newest version they were given."""
    from integration.cli.notice import acknowledge

    acknowledge(settings, name, show=show, told_by=told_by, dry_run=dry_run)
