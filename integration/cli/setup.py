"""`haikei setup`: what haikei needs on the tracker, told first and made only when asked to."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from integration.cli.cells import cell
from integration.errors import SettingsError
from integration.settings import Settings, read_settings
from integration.tracker.opening import open_tracker

_SPOKEN = {"sandbox": "shotgrid"}
"""Whose language a tracker of another name speaks."""


def run_setup(tracker: str, file: Path | None, *, apply: bool) -> None:
    """Print each thing haikei needs and whether it is there; create what is missing when `apply`."""
    settings = read_settings(file)
    _require_fit(tracker, settings)
    table = Table("what", "state", "detail")
    missing = 0
    for step in open_tracker(settings).set_up(apply=apply):
        table.add_row(cell(step.subject), step.state, cell(step.detail))
        missing += step.state == "missing"
    console = Console()
    console.print(table)
    if missing and not apply:
        console.print(f"A rehearsal: nothing was written. `haikei setup {tracker} --apply` creates what is missing.")


def _require_fit(tracker: str, settings: Settings) -> None:
    """That the tracker somebody means is the one that settings name."""
    meant = _SPOKEN.get(settings.tracker, settings.tracker)
    if tracker != meant:
        raise SettingsError(
            f"settings name the tracker {meant}, not {tracker}",
            hint=f'Use `haikei setup {meant}`, or set tracker = "{tracker}" in haikei.toml.'
            if tracker in ("shotgrid", "ftrack")
            else f"Use `haikei setup {meant}`.",
        )
