"""Render workers as processes of their own, and the bench they work at: a database, a store, tiny Looks."""

import io
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from dbos import DBOSClient, DBOSPortableJSONSerializer, run_dbos_database_migrations
from numpy.typing import NDArray
from PIL import Image

from integration.storage.filesystem import FilesystemStorage
from render_service.client import ensure_queue, load_look
from render_service.contract import APPLICATION, RenderRequest, Scene
from tests.tiny_pipeline import HEIGHT_PX, LOOK_NAME, WIDTH_PX

READY_S = 60.0
"""Longest wait for a worker's first answer; importing PyTorch takes most of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where workers and those who ask them meet."""

    url: str
    client: DBOSClient
    storage: FilesystemStorage
    media: Path
    looks: Path

    def request(self, key: str, **changes: Any) -> RenderRequest:
        """A request of two tiny drafts, but for `changes`; `look` may be a name."""
        values: dict[str, Any] = {
            "key": key,
            "look": LOOK_NAME,
            "scene": Scene(season="秋", time_of_day="夕方", place="神社"),
            "width_px": WIDTH_PX,
            "height_px": HEIGHT_PX,
            "seeds": (1, 2),
            **changes,
        }
        if isinstance(values["look"], str):
            values["look"] = load_look(values["look"], [self.looks])
        values.setdefault("line_sha256", self.store(line_picture(values["width_px"], values["height_px"])))
        return RenderRequest(**values)

    def store(self, pixels: NDArray[np.uint8]) -> str:
        """Name of the stored PNG of `pixels`, H×W or H×W×3 uint8."""
        png = io.BytesIO()
        Image.fromarray(pixels).save(png, format="PNG")
        return self.storage.put(png.getvalue(), media_type="image/png").sha256

    def picture(self, sha256: str) -> NDArray[np.uint8]:
        """The stored picture, H×W×3 uint8."""
        return np.asarray(Image.open(io.BytesIO(self.storage.get(sha256))))

    def settings(self, **changes: Any) -> dict[str, Any]:
        """What a worker of this bench is told."""
        storage = {"kind": "filesystem", "folder": str(self.media)}
        return {"database_url": self.url, "storage": storage, "looks": [str(self.looks)], "warm": [LOOK_NAME], "threads": 1, **changes}


def open_bench(folder: Path, looks: Path, url: str = "") -> Bench:
    """A bench in `folder`, with a SQLite database unless `url` names another."""
    if not url:
        sqlite3.connect(folder / "haikei.sqlite").execute("PRAGMA journal_mode=WAL").connection.close()
        url = f"sqlite:///{folder / 'haikei.sqlite'}"
    run_dbos_database_migrations(url)
    client = DBOSClient(system_database_url=url, application_name=APPLICATION, serializer=DBOSPortableJSONSerializer())
    ensure_queue(client)
    return Bench(url=url, client=client, storage=FilesystemStorage(folder / "media"), media=folder / "media", looks=looks)


def start_worker(settings: dict[str, Any], log: Path, *, fault: str = "") -> subprocess.Popen[str]:
    """A worker that has been told `settings` and writes its log to `log`; it may not be ready yet. For `fault` see `tests.faulty_worker`."""
    module = ["tests.faulty_worker", fault, str(log.parent)] if fault else ["render_service.worker"]
    with log.open("a") as stream:
        worker = subprocess.Popen([sys.executable, "-m", *module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stream, text=True)
    assert worker.stdin
    worker.stdin.write(json.dumps(settings))
    worker.stdin.close()
    return worker


def wait_ready(worker: subprocess.Popen[str]) -> dict[str, Any]:
    """The worker's ready line."""
    assert worker.stdout
    answer: dict[str, Any] = json.loads(worker.stdout.readline() or "{}")
    return answer


def stop_worker(worker: subprocess.Popen[str]) -> int:
    """Ask the worker to leave and return its exit code; one that stays is killed."""
    if worker.poll() is None:
        worker.send_signal(signal.SIGTERM)
    try:
        return worker.wait(timeout=30)
    except subprocess.TimeoutExpired:
        worker.kill()
        return worker.wait()
    finally:
        if worker.stdout:
            worker.stdout.close()


def wait_until(holds: Callable[[], bool], *, timeout_s: float = 30.0) -> None:
    """Come back when `holds` does; fail when it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"not in {timeout_s} s"
        time.sleep(0.05)


def line_picture(width_px: int, height_px: int) -> NDArray[np.uint8]:
    """A horizon and a pole, dark on white."""
    line = np.full((height_px, width_px), 255, np.uint8)
    line[height_px // 2] = 0
    line[height_px // 4 :, width_px // 3] = 0
    return line
