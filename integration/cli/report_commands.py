"""The options of `haikei report`'s reports; what they do is in `report_sheet`."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from integration.language import Language

SHEETS = {
    "credits": "Print who is credited for backgrounds, by role, and who is still missing.",
    "labour": "Print hours of groups, drafts, retakes and what machines took; never of one person.",
    "disclosure": "Print where AI was used in backgrounds, with which tools, under whose permission.",
    "authorship": "Print what people made of some cuts and what a machine did: helps to prepare a copyright registration.",
    "streamer": "Print what a streamer's questionnaire on AI asks: helps to fill it in.",
    "tier": "Print the film provenance category that the record supports, cut by cut.",
}
"""Every report but that of one cut, by its code, and what its command says of itself."""

Month = Annotated[str | None, typer.Option(metavar="YYYY-MM", help="A month, told whole.")]


def add_to(app: typer.Typer) -> None:
    """Add a command for each of `SHEETS`."""
    for code, words in SHEETS.items():
        app.command(code, help=words)(_command(code))


def _command(code: str) -> Callable[..., None]:
    def show(
        show: Annotated[str, typer.Option(help="The show's name, as the tracker has it.")],
        settings: Annotated[Path | None, typer.Option(help="The settings file; haikei.toml when it is there.")] = None,
        episode: Annotated[str, typer.Option(help="An episode's code; the whole show without it.")] = "",
        cut: Annotated[list[str] | None, typer.Option(help="A cut's code; may be given several times.")] = None,
        first: Month = None,
        last: Month = None,
        out: Annotated[Path | None, typer.Option(help="A file ending in .pdf, .zip (CSV), .json or .txt; it becomes an entry.")] = None,
        language: Annotated[Language, typer.Option(help="Of the report's own words.")] = Language.EN,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
        bom: Annotated[bool, typer.Option("--bom", help="Begin CSV files with a byte order mark, for Excel.")] = False,
        person: Annotated[str, typer.Option(help="Who asks for the file: name or id as the tracker has it.")] = "",
    ) -> None:
        from integration.cli.report_sheet import Wanted, print_sheet, write_sheet
        from integration.reports.scope import Scope

        scope = Scope(show=show, episode=episode, shots=tuple(cut or ()), first=_month(first), last=_month(last))
        wanted = Wanted(report=code, scope=scope, language=language)
        if out is None:
            print_sheet(settings, wanted, as_json=as_json)
        else:
            write_sheet(settings, wanted, out, bom=bom, person=person)

    return show


def _month(said: str | None) -> date | None:
    if said is None:
        return None
    try:
        return datetime.strptime(said, "%Y-%m").date()  # noqa: DTZ007 - a month of the studio's own calendar
    except ValueError:
        raise typer.BadParameter(f"'{said:.20}' is no month; write it as 2026-11") from None
