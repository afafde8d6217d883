"""`haikei hours` and `haikei person hours`: what was logged, by group, and by oneself."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from integration.cli.kept_record import require_record
from integration.ledger import log
from integration.ledger.vocabulary import Kind, Role
from integration.reports.hours import clock, hours_lines, hours_of, standing_logs
from integration.reports.terminal import safe
from integration.settings import ProjectSettings, read_settings
from integration.studio_day import studio_day
from integration.workflow.statements import person_called


def show_hours(file: Path | None, *, show: str, episode: str | None, as_json: bool) -> None:
    """Print a show's hours by step and role; asks no tracker."""
    settings = read_settings(file)
    rules = settings.projects.get(show, ProjectSettings())
    steps = ((rules.layout_step, Role.LAYOUT_ARTIST), (rules.background_step, Role.BACKGROUND_ARTIST))
    with require_record(settings).connect() as connection:
        hours = hours_of(connection, show=show, episode=episode, steps=steps)
    print(json.dumps([asdict(each) for each in hours], ensure_ascii=False) if as_json else "\n".join(hours_lines(hours)))


def show_own_hours(file: Path | None, name: str, *, show: str) -> None:
    """Print what one person logged and still stands; for that person, and whoever keeps payroll.

    Raises:
        LedgerError: the record knows nobody, or several, of that name.
    """
    settings = read_settings(file)
    rules = settings.projects.get(show, ProjectSettings())
    with require_record(settings).connect() as connection:
        person = person_called(connection, name, show=show)
        logged = [item for item in standing_logs(log.read(connection, show=show, kinds=[Kind.TIME_LOGGED])) if item[1].actor.ref == person]
    if not logged:
        print(f"{safe(name)}: not logged")
    for index, entry in logged:
        assert entry.time
        day = "" if entry.time.span_start_ms is None else f"{_day(entry.time.span_start_ms, rules)} "
        put_down = "put down by themselves" if entry.time.confirmed else "put down by somebody else"
        print(f"{day}{safe(', '.join(entry.shots))} {safe(entry.step)}: {clock(entry.time.minutes)}, {put_down} #{index}")


def _day(ms: int, rules: ProjectSettings) -> str:
    return studio_day(datetime.fromtimestamp(ms / 1000, UTC), zone=rules.time_zone, day_start=rules.day_start).isoformat()
