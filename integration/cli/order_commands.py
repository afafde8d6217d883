"""The commands for orders to outside houses, as they are typed."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

SettingsFile = Annotated[Path | None, typer.Option("--settings", "-s", help="Settings file; haikei.toml here if there is one.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and write nothing.")]


def order(
    cuts: Annotated[list[str], typer.Argument(metavar="CUT...", help="Codes of the cuts whose backgrounds are ordered, such as c003.")],
    to: Annotated[str, typer.Option(help="The house; need not be in the tracker.")],
    due: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Day the backgrounds are due.")],
    out: Annotated[Path, typer.Option(help="Folder to write the package into.")],
    project: Annotated[str, typer.Option(help="The show's name or id, where there are several.")] = "",
    episode: Annotated[str, typer.Option(help="The episode, where several have such a cut.")] = "",
    with_drafts: Annotated[bool, typer.Option("--with-drafts", help="Send the AI drafts along, where the policy lets this house.")] = False,
    form: Annotated[str, typer.Option(help="zip, folder or both.")] = "zip",
    by: Annotated[str, typer.Option(help="Who orders, as the tracker has them; else nobody is named.")] = "",
    dry_run: DryRun = False,
    settings: SettingsFile = None,
) -> None:
    """Make the package for an outside house: genzu, lines, masks, order sheets; recorded, and due on a day."""
    from integration.cli.order import run_order
    from integration.workflow.house_order import Asked

    asked = Asked(
        house=to, due_on=due.date(), cuts=tuple(cuts), project=project, episode=episode, with_drafts=with_drafts, by=by
    )  # fmt: skip
    run_order(settings, asked, out=out, form=form, dry_run=dry_run)


def receive(
    path: Annotated[Path, typer.Argument(help="The folder or zip that the house handed back.")],
    order: Annotated[str, typer.Option(help="The order's id, where its order.json did not come back.")] = "",
    any_size: Annotated[bool, typer.Option("--any-size", help="Take pictures of another size than was asked for, too.")] = False,
    dry_run: DryRun = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    settings: SettingsFile = None,
) -> None:
    """Check what a house handed back, and put each good file on its review task in the house's name. Exit code 1 if any is missing."""
    from integration.cli.receive import run_receive

    run_receive(settings, path, order=order, any_size=any_size, dry_run=dry_run, as_json=as_json)


def orders(
    settings: SettingsFile = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that are complete, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """Show the open orders, the soonest due first, and what is missing of each; asks no tracker."""
    from integration.cli.order import show_orders

    show_orders(settings, everything=everything, as_json=as_json)
