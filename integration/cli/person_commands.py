"""The commands under `haikei person`, as they are typed."""

from pathlib import Path
from typing import Annotated

import typer

from integration.ledger.vocabulary import Claim

person = typer.Typer(no_args_is_help=True, help="What people say of their own work, and their names.")

SettingsFile = Annotated[Path | None, typer.Option("--settings", "-s", help="Settings file; haikei.toml here if there is one.")]
Name = Annotated[str, typer.Argument(help="The person's name as the tracker shows it, or their id there.")]
ToldBy = Annotated[str, typer.Option("--told-by", help="Who puts it down for them; their own name is recorded too.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")]
Show = Annotated[str | None, typer.Option(help="The show's name, where several have such a cut.")]


@person.callback()
def _person() -> None:
    """What people say of their own work, and their names."""


@person.command("state")
def person_state(
    name: Name,
    cut: Annotated[str, typer.Option(help="The cut's code, such as c003.")],
    claim: Annotated[list[Claim], typer.Option(help="How they worked; may be repeated.")],
    tool: Annotated[str, typer.Option(help="The program they used.")] = "",
    words: Annotated[str, typer.Option(help="Their own words; they can be erased later.")] = "",
    part: Annotated[str, typer.Option(help="BG, or a BOOK.")] = "BG",
    version: Annotated[str, typer.Option(help="The tracker's id of the Version it is about.")] = "",
    show: Show = None,
    episode: Annotated[str | None, typer.Option(help="The episode's code, where several have such a cut.")] = None,
    told_by: ToldBy = "",
    to_sign: Annotated[Path | None, typer.Option(help="Write the bytes to sign with a key of their own, and nothing else.")] = None,
    signature: Annotated[Path | None, typer.Option(help="Their Ed25519 signature over those bytes: 64 bytes.")] = None,
    public_key: Annotated[Path | None, typer.Option(help="Their public key in PEM, which the signature must fit.")] = None,
    dry_run: DryRun = False,
    settings: SettingsFile = None,
) -> None:
    """Put down how a person worked on a background; it stands beside what the record says of it."""
    from integration.cli.person import Statement, state

    statement = Statement(
        cut=cut, show=show, episode=episode, part=part, version=version, claims=tuple(claim), tool=tool, words=words,
        to_sign=to_sign, signature=signature, public_key=public_key,
    )  # fmt: skip
    state(settings, name, statement, told_by=told_by, dry_run=dry_run)


@person.command("correct")
def person_correct(
    name: Name,
    entry: Annotated[int, typer.Argument(min=0, help="The entry's number, #n in `haikei report shot` or `haikei person hours`.")],
    words: Annotated[str, typer.Option(help="What is wrong, and what is right.")],
    field: Annotated[str, typer.Option(help="The wrong field, such as actor.role.")] = "",
    told_by: ToldBy = "",
    dry_run: DryRun = False,
    settings: SettingsFile = None,
) -> None:
    """Put down what a person says is wrong with an entry about them; both stand in every report."""
    from integration.cli.person import correct

    correct(settings, name, entry, words=words, field=field, told_by=told_by, dry_run=dry_run)


@person.command("hours")
def person_hours(
    name: Name,
    show: Annotated[str, typer.Option(help="The show's name.")],
    settings: SettingsFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show a person's own time logs in a show, withdrawn and corrected ones too: for that person and payroll."""
    from integration.cli.hours import show_own_hours

    show_own_hours(settings, name, show=show, as_json=as_json)


@person.command("forget")
def person_forget(
    name: Name,
    show: Annotated[str, typer.Option(help="The show's name.")],
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without this nothing is erased.")] = False,
    settings: SettingsFile = None,
) -> None:
    """Erase a person's name, and texts by or naming them, from a show's record; every proof still holds."""
    from integration.cli.person import forget

    forget(settings, name, show=show, apply=apply)
