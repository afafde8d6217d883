"""`haikei sign-in` and the commands under `haikei auditor`, as they are typed."""

from pathlib import Path
from typing import Annotated

import typer

from integration.web.rights import WebRole

auditor = typer.Typer(no_args_is_help=True, help="Outsiders who read one show for some days.")

SettingsFile = Annotated[Path | None, typer.Option("--settings", "-s", help="Settings file; haikei.toml here if there is one.")]


def sign_in(
    roles: Annotated[list[WebRole], typer.Argument(help="What whoever uses the link is to the pages.")],
    person: Annotated[str, typer.Option(help="Who they are: name or id as the tracker has it.")] = "",
    settings: SettingsFile = None,
) -> None:
    """Print a one-time link to the pages, for a trial on this machine."""
    from integration.cli.sign_in import print_trial_link

    print_trial_link(settings, roles, person=person)


@auditor.callback()
def _auditor() -> None:
    """Outsiders who read one show for some days."""


@auditor.command("link")
def auditor_link(
    name: Annotated[str, typer.Argument(help="Whom it is for, in words.")],
    show: Annotated[str, typer.Option(help="The show's name, as the tracker has it.")],
    by: Annotated[str, typer.Option(help="Who gives it out: name or id as the tracker has it.")],
    days: Annotated[int, typer.Option(min=1, max=90, help="How long they may read.")] = 14,
    settings: SettingsFile = None,
) -> None:
    """Print a link by which an auditor reads one show; it is shown once."""
    from integration.cli.sign_in import print_auditor_link

    print_auditor_link(settings, show=show, name=name, days=days, by=by)


@auditor.command("list")
def auditor_list(settings: SettingsFile = None) -> None:
    """Show which auditors were let in, to which show, by whom and until when."""
    from integration.cli.sign_in import list_auditors

    list_auditors(settings)


@auditor.command("end")
def auditor_end(
    show: Annotated[str, typer.Option(help="The show's name, as the tracker has it.")],
    name: Annotated[str, typer.Option(help="Only the links for this auditor, as `haikei auditor list` writes them.")] = "",
    settings: SettingsFile = None,
) -> None:
    """Take back auditors' links to a show, and sign them out."""
    from integration.cli.sign_in import end_auditors

    end_auditors(settings, show=show, name=name)


sessions = typer.Typer(no_args_is_help=True, help="Who is signed in to the pages.")


@sessions.callback()
def _sessions() -> None:
    """Who is signed in to the pages."""


@sessions.command("end")
def sessions_end(
    person: Annotated[str, typer.Option(help="Only this person: name or id as the tracker has it; everybody if left out.")] = "",
    settings: SettingsFile = None,
) -> None:
    """Sign people out of the pages, wherever they are signed in."""
    from integration.cli.sign_in import end_sessions

    end_sessions(settings, person=person)
