"""The commands under `haikei flags`, as they are typed."""

from pathlib import Path
from typing import Annotated

import typer

flags = typer.Typer(no_args_is_help=True, help="Questions about Versions, for the people whose question they are.")

SettingsFile = Annotated[Path | None, typer.Option("--settings", "-s", help="Settings file; haikei.toml here if there is one.")]


@flags.callback()
def _flags() -> None:
    """Questions about Versions, for the people whose question they are."""


@flags.command("list")
def flags_list(
    settings: SettingsFile = None,
    everything: Annotated[bool, typer.Option("--all", help="Answered ones too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """Show what is asked, about which Version, and why. Exit code 1 while any is open."""
    from integration.cli.flags import show_flags

    show_flags(settings, everything=everything, as_json=as_json)


@flags.command("answer")
def flags_answer(
    number: Annotated[int, typer.Argument(min=0, help="The flag's number.")],
    reason: Annotated[str, typer.Option(help="A code: approved_since, declared_since, mistaken, replaced.")],
    by: Annotated[str, typer.Option(help="Who answers: name or id as the tracker has it.")],
    words: Annotated[str, typer.Option(help="In their own words; can be erased later.")] = "",
    settings: SettingsFile = None,
) -> None:
    """Close a flag with a person's answer; the first answer stands."""
    from integration.cli.flags import answer

    answer(settings, number, reason=reason, by=by, words=words)
