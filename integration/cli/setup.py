"""`haikei setup`: what haikei needs on the tracker, told first and made only when asked to."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from integration.cli.cells import cell
from integration.errors import SettingsError
from integration.settings import read_settings
from integration.tracker.opening import open_tracker


def run_setup(tracker: str, file: Path | None, *, apply: bool) -> None:
    """Print each thing haikei needs and whether it is there; create what is missing when `apply`."""
    settings = read_settings(file)
    if tracker != "shotgrid":
        raise SettingsError(f"there is no set-up for {tracker}", hint="Use `haikei setup shotgrid`.")
    table = Table("what", "state", "detail")
    missing = 0
    for step in open_tracker(settings).set_up(apply=apply):
        table.add_row(cell(step.subject), step.state, cell(step.detail))
        missing += step.state == "missing"
    console = Console()
    console.print(table)
    if missing and not apply:
        console.print(f"A rehearsal: nothing was written. `haikei setup {tracker} --apply` creates what is missing.")
