"""The commands under `haikei credit`, as they are typed."""

from pathlib import Path
from typing import Annotated

import typer

from integration.ledger.vocabulary import Role

credit = typer.Typer(no_args_is_help=True, help="Put credits right by hand, with a reason that is recorded.")

SettingsFile = Annotated[Path | None, typer.Option("--settings", "-s", help="Settings file; haikei.toml here if there is one.")]
Name = Annotated[str, typer.Argument(help="Whose credit it is: name or id as the tracker has it.")]
RoleOption = Annotated[Role, typer.Option(help="The role in the credits.")]
Show = Annotated[str, typer.Option(help="The show's name, as the tracker has it.")]
Reason = Annotated[str, typer.Option(help="Why, in words; it is shown beside the credit.")]
By = Annotated[str, typer.Option(help="Who decides it: name or id as the tracker has it.")]
Episode = Annotated[str, typer.Option(help="An episode's code; every episode without it.")]
Cuts = Annotated[list[str] | None, typer.Option("--cut", help="A cut's code; may be given several times.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")]


@credit.callback()
def _credit() -> None:
    """Put credits right by hand, with a reason that is recorded."""


@credit.command("add")
def credit_add(
    name: Name,
    role: RoleOption,
    show: Show,
    reason: Reason,
    by: By,
    episode: Episode = "",
    cut: Cuts = None,
    new: Annotated[bool, typer.Option("--new", help="Somebody whom neither tracker nor record know.")] = False,
    dry_run: DryRun = False,
    settings: SettingsFile = None,
) -> None:
    """List somebody under a role."""
    from integration.cli.credit import change_credit

    change_credit(
        settings, name, role=role, show=show, reason=reason, by=by, episode=episode, cuts=cut or [], adds=True, new=new, dry_run=dry_run
    )


@credit.command("remove")
def credit_remove(
    name: Name,
    role: RoleOption,
    show: Show,
    reason: Reason,
    by: By,
    episode: Episode = "",
    cut: Cuts = None,
    dry_run: DryRun = False,
    settings: SettingsFile = None,
) -> None:
    """Take somebody out of a role; that it was done, by whom and why stays in the credits' notes."""
    from integration.cli.credit import change_credit

    change_credit(
        settings, name, role=role, show=show, reason=reason, by=by, episode=episode, cuts=cut or [], adds=False, new=False, dry_run=dry_run
    )
