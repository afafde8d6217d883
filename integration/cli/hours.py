"""`haikei hours`, and a person's own under `haikei person hours`."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from unicodedata import normalize

from rich.console import Console
from rich.table import Table

from integration.cli.cells import cell
from integration.cli.kept_record import find_record, require_record
from integration.errors import LedgerError
from integration.ledger.canonical import code
from integration.ledger.vocabulary import Role
from integration.reports import hours as report
from integration.reports.facts import follow
from integration.reports.hours import Hours, OwnHours
from integration.reports.terminal import safe
from integration.reports.worked import Known, Sum, told_to
from integration.settings import ProjectSettings, Settings, read_settings
from integration.studio_clock import studio_day
from integration.workflow.statements import person_called

CAVEATS = (
    '"not logged" means that nobody put hours down, not that nobody worked.',
    "Hours are put down by people, or for them; nobody is watched, and nothing here says how good or fast anybody is.",
    f'"{Known.FEW}": one of them could be told; "and more": further hours are not told, of too few people.',
    f'"{Known.NOT_YET}": a month is told once it is over and people had time to look at their own hours in it.',
    "Hours people say are wrong are left out. `haikei person hours` shows people their own.",
)
"""What the figures do not say."""


def show_hours(file: Path | None, show: str, *, episode: str | None, as_json: bool) -> None:
    """Print what hours are logged in a show, or in one episode, by step and role.

    Raises:
        LedgerError: neither the settings nor the record know the show.
    """
    settings = read_settings(file)
    known = _rules(settings, show)
    rules = known or ProjectSettings()
    expected = _expected(rules)
    engine = find_record(settings) if known else require_record(settings)
    if engine is None:
        found = Hours(show=show, episode=episode, groups=report.nothing(expected))
    else:
        follow(engine)
        until = told_to(studio_day(datetime.now(UTC), rules.time_zone, rules.day_start), settings.labour.told_after_days)
        with engine.connect() as connection:
            if known is None and not report.is_known(connection, show):
                raise LedgerError(f"the record knows no show called {show!r:.80}", hint="Write its name as the tracker shows it.")
            found = report.hours(
                connection, show, zone=rules.time_zone, day_start=rules.day_start, until=until, episode=episode, expected=expected
            )
    if as_json:
        print(json.dumps({**asdict(found), "until": _iso(found.until), "not_said": CAVEATS}, ensure_ascii=False))
    else:
        _print(found)


def show_own_hours(file: Path | None, name: str, *, show: str, as_json: bool) -> None:
    """Print every time log of a person in a show, for that person and payroll.

    Raises:
        LedgerError: there is no record, or it knows nobody, or several, of that name.
    """
    settings = read_settings(file)
    rules = _rules(settings, show) or ProjectSettings()
    engine = require_record(settings)
    follow(engine)
    with engine.connect() as connection:
        ref = person_called(connection, name, show=show)
        own = report.own_hours(connection, ref, show=show, zone=rules.time_zone, day_start=rules.day_start)
    if as_json:
        print(json.dumps({"show": show, "person": name, "logs": [_plain(each) for each in own]}, ensure_ascii=False))
        return
    if not own:
        print(f"{safe(name)} has no hours logged in {safe(show)}.")
        return
    table = Table("entry", "day", "hours", "step", "cuts", "put down", "stands")
    for each in own:
        stands = "not counted" if not each.stands else "confirmed" if each.confirmed else "not confirmed"
        day = str(each.day) if each.day else "unknown"
        cuts = ", ".join(filter(None, (each.episode, *each.shots)))
        table.add_row(
            f"#{each.index}", day, in_words(each.minutes), cell(each.step), cell(cuts), each.put_down, f"{stands} ({each.source})"
        )
    Console().print(table)
    print(f"Times in {rules.time_zone}; a day begins at {rules.day_start:%H:%M}. For {safe(name)} and payroll, and nobody else.")
    print("Wrong? Change the time log in the tracker, or say so: haikei person correct.")


def in_words(minutes: int) -> str:
    """``150`` as ``2 h 30 min``."""
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _print(found: Hours) -> None:
    where = f"{safe(found.show)}, {safe(found.episode)}" if found.episode is not None else safe(found.show)
    table = Table("step", "role", "confirmed by the person", "not confirmed")
    for group in found.groups:
        role = group.role.replace("_", " ") or "not told"
        table.add_row(cell(group.step or "not told"), role, _told(group.confirmed), _told(group.unconfirmed))
    print(f"Hours logged in {where}{f' before {found.until}' if found.until else ''}")
    Console().print(table)
    print("\n".join(CAVEATS))


def _told(hours: Sum) -> str:
    if hours.minutes is None:
        return hours.known.value
    return f"{in_words(hours.minutes)}{' and more' if hours.partial else ''} ({', '.join(hours.sources)})"


def _rules(settings: Settings, show: str) -> ProjectSettings | None:
    """The show's settings, by its name."""
    return next((rules for name, rules in settings.projects.items() if normalize("NFC", name) == normalize("NFC", show)), None)


def _expected(rules: ProjectSettings) -> tuple[tuple[str, str], ...]:
    return (code(rules.layout_step), Role.LAYOUT_ARTIST.value), (code(rules.background_step), Role.BACKGROUND_ARTIST.value)


def _plain(each: OwnHours) -> dict[str, object]:
    return {**asdict(each), "day": _iso(each.day)}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
