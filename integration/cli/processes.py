"""Child processes: the pretend studio and render workers, started with their words on standard input and ended with us."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from integration.errors import HaikeiError
from integration.settings import Settings
from integration.studio import storage_options
from integration.tracker_settings import FtrackSettings, ShotGridSettings

READY_S = 120.0
"""Longest wait for a child to say that it is ready."""


def worker_options(settings: Settings, *, slot: str, drain: bool = False, parent_pid: int = 0) -> dict[str, Any]:
    """What a render worker is told on standard input, secrets included: nothing of it stands on a command line."""
    return {
        "database_url": settings.database_url(),
        "storage": storage_options(settings),
        "looks": [str(folder.absolute()) for folder in settings.render.looks],
        "slot": slot,
        "threads": settings.render.threads,
        "batch_size": settings.render.batch_size,
        "compile": settings.render.compile,
        "hung_s": settings.render.hung_s,
        "drain": drain,
        "parent_pid": parent_pid,
        "warm": sorted({rules.look or settings.render.look for rules in settings.projects.values()} or {settings.render.look}),
    }


def default_slot(number: int = 0) -> str:
    """This host's slot of that number."""
    return f"{socket.gethostname()}:{number}"


def start_worker(settings: Settings, *, slot: str, log: TextIO | None = None) -> subprocess.Popen[str]:
    """Start a render worker as a child; it says when it is ready, see `wait_ready`."""
    child = _start([sys.executable, "-P", "-m", "render_service.worker"], log=log, stdin=True)
    assert child.stdin is not None
    child.stdin.write(json.dumps(worker_options(settings, slot=slot, parent_pid=os.getpid())))
    child.stdin.close()
    return child


def start_sandbox(
    folder: Path, *, tracker: str = "shotgrid", seed: Path, port: int = 0, log: TextIO | None = None
) -> subprocess.Popen[str]:
    """Start the pretend studio as a child; it says when it is ready, see `wait_ready`."""
    arguments = ["--tracker", tracker, "--port", str(port), "--seed", str(seed), "--folder", str(folder)]
    return _start([sys.executable, "-P", "-m", "integration.cli.app", "sandbox", *arguments], log=log)


def wait_ready(
    child: subprocess.Popen[str], *, what: str, timeout_s: float = READY_S, stop: threading.Event | None = None
) -> dict[str, Any]:
    """The line of JSON a child prints when it is ready; an empty one when `stop` is set first.

    Raises:
        HaikeiError: it ended or stayed silent.
    """
    assert child.stdout is not None
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if stop is not None and stop.is_set():
            return {}
        readable, _, _ = select.select([child.stdout], [], [], 0.2)
        if readable:
            line = child.stdout.readline()
            if line.startswith("{"):
                ready: dict[str, Any] = json.loads(line)
                return ready
        if child.poll() is not None:
            raise HaikeiError(f"{what} ended with exit code {child.returncode} before it was ready", hint="Its log says why.")
    raise HaikeiError(f"{what} was not ready within {timeout_s:.0f} seconds", hint="Its log says what it waits for.")


def with_sandbox(settings: Settings, ready: dict[str, Any]) -> Settings:
    """`settings` pointed at a running pretend studio, of the tracker that its line of JSON tells."""
    if "api_user" in ready:
        site = FtrackSettings(url=ready["url"], api_user=ready["api_user"], api_key=ready["api_key"])
        return settings.model_copy(update={"tracker": "ftrack", "ftrack": site})
    there = ShotGridSettings(url=ready["url"], script_name=ready["script_name"], api_key=ready["api_key"])
    return settings.model_copy(update={"shotgrid": there})


def end(children: Sequence[subprocess.Popen[str]], *, timeout_s: float = 40.0) -> None:
    """Ask children to stop, and stop those that do not."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + timeout_s
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _start(command: list[str], *, log: TextIO | None, stdin: bool = False) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONSAFEPATH": "1"},
    )
