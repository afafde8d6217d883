"""haikei at work for tests: the pretend studio, `haikei up` and its render worker, as processes over real sockets."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from integration.database import open_database
from integration.settings import Settings, read_settings
from integration.tracker.opening import open_tracker
from integration.workflow import rounds
from integration.workflow.rounds import HeldLayout, Round
from tests.floor import Floor
from tests.pretend_episode import PROJECT, write_episode
from tests.tiny_pipeline import build_tiny_look

PATIENCE_S = 180.0


@dataclass
class RunningHaikei:
    """The services, and what a test asks them."""

    floor: Floor
    """The tracker, and the people at work in it."""
    settings_file: Path
    process: subprocess.Popen[str] | None = None
    log: Path = field(default_factory=Path)
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """What the services run with."""
        return read_settings(self.settings_file)

    @cached_property
    def engine(self) -> sa.Engine:
        """haikei's database."""
        return open_database(self.settings.database_url())

    def start(self, *, wait: bool = True) -> None:
        """Start `haikei up` and wait until it listens and its workers do, or do not `wait`."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "integration.cli.app", "up", "--settings", str(self.settings_file)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        if not wait:
            return
        line = self.process.stdout.readline()
        assert line.startswith("{"), self.log.read_text()[-3000:]

    def start_worker(self, slot: str) -> subprocess.Popen[str]:
        """Start `haikei worker` as a process of its own and wait until it is ready."""
        with self.log.open("a") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "integration.cli.app", "worker", "--slot", slot, "--settings", str(self.settings_file)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.workers.append(worker)
        assert worker.stdout is not None
        assert worker.stdout.readline().startswith("{"), self.log.read_text()[-3000:]
        return worker

    def end(self, worker: subprocess.Popen[str], *, by: signal.Signals = signal.SIGTERM) -> int:
        """End a worker of `start_worker` and give its exit code."""
        self.workers.remove(worker)
        worker.send_signal(by)
        assert worker.stdout is not None
        worker.stdout.close()
        return worker.wait(60)

    def kill(self) -> None:
        """kill -9 for the whole process group."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self._ended(self.process.wait())

    def stop(self) -> int:
        """SIGTERM, and the exit code that follows."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self._ended(self.process.wait(60))

    def leave(self) -> None:
        """End whatever still runs."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        for worker in [*self.workers]:
            self.end(worker, by=signal.SIGKILL)
        if "engine" in self.__dict__:
            self.engine.dispose()

    def _ended(self, exit_code: int) -> int:
        assert self.process is not None and self.process.stdout is not None
        self.process.stdout.close()
        return exit_code

    def rounds(self) -> list[Round]:
        """Every round."""
        with self.engine.connect() as connection:
            return rounds.every(connection)

    def held(self) -> list[HeldLayout]:
        """Every layout that is held."""
        with self.engine.connect() as connection:
            return rounds.every_held(connection)

    def haikei(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another haikei command with the same settings, on a terminal wide enough that no cell of a table breaks."""
        command = [sys.executable, "-m", "integration.cli.app", *arguments, "--settings", str(self.settings_file)]
        wide = os.environ | {"COLUMNS": "400"}
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=wide)

    def wait(self, done: Callable[[], Any], *, what: str, patience_s: float = PATIENCE_S) -> Any:
        """Wait until `done` gives something true."""
        end = time.monotonic() + patience_s
        while not (found := done()):
            assert self.process is None or self.process.poll() is None, self.log.read_text()[-3000:]
            assert time.monotonic() < end, f"waited in vain for {what}: {self.rounds()} {self.log.read_text()[-3000:]}"
            time.sleep(0.05)
        return found

    def wait_for(self, code: str, state: str, *, number: int = 1) -> Round:
        """Wait until a cut's round reaches a state."""
        found: Round = self.wait(
            lambda: next((r for r in self.rounds() if (r.code, r.state.value, r.round) == (code, state, number)), None),
            what=f"{code} round {number} {state}",
        )
        return found


@contextmanager
def running_haikei(
    folder: Path,
    *,
    cuts: int,
    tracker: str = "shotgrid",
    genzu: bool = True,
    steps: int = 2,
    project: Mapping[str, Any] | None = None,
    database: str = "",
    workers: int = 1,
    up: bool = True,
    web: Mapping[str, Any] | None = None,
) -> Iterator[RunningHaikei]:
    """The services over an episode of `cuts` cuts, painted by the tiny Look; `project` adds to the show's settings, `web` to the pages'."""
    build_tiny_look(folder / "looks", num_inference_steps=steps)
    seed = write_episode(folder / "seed", cuts=cuts, genzu=genzu)
    floor = open_floor(tracker, seed, folder / "studio")
    haikei = None
    try:
        file = write_settings(folder, tracker, floor.settings(), project or {}, database=database, workers=workers, web=web or {})
        list(open_tracker(read_settings(file)).set_up(apply=True))
        haikei = RunningHaikei(floor=floor, settings_file=file, log=folder / "haikei.log")
        if up:
            haikei.start()
        yield haikei
    finally:
        if haikei is not None:
            haikei.leave()
        floor.close()


def open_floor(tracker: str, seed: Path, folder: Path) -> Floor:
    """The floor of a tracker's pretend studio."""
    if tracker == "ftrack":
        from tests.ftrack_floor import FtrackFloor

        return FtrackFloor(seed, folder)
    from tests.shotgrid_floor import ShotGridFloor

    return ShotGridFloor(seed, folder)


def write_settings(
    folder: Path,
    tracker: str,
    site: str,
    project: Mapping[str, Any],
    *,
    database: str = "",
    workers: int = 1,
    web: Mapping[str, Any] | None = None,
) -> Path:
    """The settings file of a test's services; `site` is the part that says where its tracker is."""
    shown = {"drafts": 2, "least_layout_kept": 0, "ai_use": [{"allowed_by": "製作 一", "until": "2099-12-31"}], **project}
    file = folder / "haikei.toml"
    file.write_text(
        f"""tracker = "{tracker}"
state_folder = "{folder / "state"}"
[database]
url = "{database}"
{site}
[intake]
poll_s = 0.1
look_back_s = 5
sweep_s = 2
hook_retry_s = 0.1
[render]
workers = {workers}
look = "tiny"
looks = ["{folder / "looks"}"]
[credentials]
trial = true
[web]
{_lines(web or {})}
[projects."{PROJECT}"]
{_lines(shown)}
""",
        encoding="utf-8",
    )
    return file


def _lines(table: Mapping[str, Any]) -> str:
    return "\n".join(f"{key} = {_toml(value)}" for key, value in table.items())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
