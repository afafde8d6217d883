"""`haikei sandbox`: the pretend studio alone."""

import tempfile
from pathlib import Path

from integration.errors import SettingsError
from integration.log import set_up_log
from integration.sandbox.server import serve

DEMO_SEED = Path(__file__).parents[1] / "sandbox" / "demo" / "production.json"
"""The demo production."""


def run_sandbox(tracker: str, *, port: int, seed: Path | None, folder: Path | None) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    set_up_log(level="warning")
    if tracker != "shotgrid":
        raise SettingsError(f"the pretend studio does not speak {tracker}", hint="Use --tracker shotgrid.")
    if seed is not None and not seed.is_file():
        raise SettingsError(f"seed file {seed} does not exist", hint="Name a JSON file, or leave --seed out for the demo production.")
    if folder is not None:
        serve(seed or DEMO_SEED, port=port, folder=folder)
        return
    with tempfile.TemporaryDirectory(prefix="haikei-sandbox-") as passing:
        serve(seed or DEMO_SEED, port=port, folder=Path(passing))
