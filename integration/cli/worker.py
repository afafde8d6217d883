"""`haikei worker`: becomes a render worker, handing it its settings on standard input."""

import json
import os
import sys
from pathlib import Path

from integration.cli.processes import default_slot, worker_options
from integration.settings import read_settings


def run_worker(file: Path | None, *, slot: str, drain: bool) -> None:
    """Replace this process by a render worker; does not return."""
    settings = read_settings(file)
    options = json.dumps(worker_options(settings, slot=slot or default_slot(), drain=drain)).encode()
    read_end, write_end = os.pipe()
    os.write(write_end, options)
    os.close(write_end)
    os.dup2(read_end, 0)
    os.execv(sys.executable, [sys.executable, "-P", "-m", "render_service.worker"])
