"""`haikei sandbox`: the pretend studio alone."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from integration.errors import NotInstalledError, SettingsError
from integration.log import set_up_log

DEMO_SEED = Path(__file__).parents[1] / "sandbox" / "demo" / "production.json"
"""The demo production."""


def run_sandbox(tracker: str, *, port: int, seed: Path | None, folder: Path | None) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    set_up_log(level="warning")
    serve = _speaking(tracker)
    if seed is not None and not seed.is_file():
        raise SettingsError(f"seed file {seed} does not exist", hint="Name a JSON file, or leave --seed out for the demo production.")
    if folder is not None:
        serve(seed or DEMO_SEED, port=port, folder=folder)
        return
    with tempfile.TemporaryDirectory(prefix="haikei-sandbox-") as passing:
        serve(seed or DEMO_SEED, port=port, folder=Path(passing))


def _speaking(tracker: str) -> Callable[..., None]:
    """What serves the pretend studio in a tracker's language."""
    if tracker == "ftrack":
        try:
            from integration.sandbox.ftrack.running import serve as serve_ftrack  # its web sockets come with an extra
        except ImportError as error:
            raise NotInstalledError("ftrack") from error

        return serve_ftrack
    if tracker != "shotgrid":
        raise SettingsError(f"the pretend studio does not speak {tracker}", hint="Use --tracker shotgrid or --tracker ftrack.")
    from integration.sandbox.server import serve

    return serve
