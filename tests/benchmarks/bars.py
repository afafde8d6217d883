"""``python tests/benchmarks/bars.py``: measures the main job's bars on this machine and prints them as JSON; kept in BENCHMARKS.md."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from integration.database import open_database
from integration.settings import read_settings
from integration.workflow import rounds

HAIKEI = [sys.executable, "-m", "integration.cli.app"]


def main() -> None:
    """Print every figure as one JSON object."""
    figures = {"cores": os.cpu_count(), "help_s": help_s(), "import_integration_s": import_s()}
    with tempfile.TemporaryDirectory(prefix="haikei-bars-") as folder:
        print(json.dumps(figures | demo(Path(folder) / "demo"), indent=2))


def help_s() -> float:
    """Seconds of `haikei --help`, the median of seven."""
    return round(statistics.median(_timed([*HAIKEI, "--help"]) for _ in range(7)), 3)


def import_s() -> float:
    """Seconds to import the integration's service, the median of five; fails when it brings torch."""
    check = "import integration.service, sys; assert 'torch' not in sys.modules"
    return round(statistics.median(_timed([sys.executable, "-c", check]) for _ in range(5)), 3)


def demo(folder: Path) -> dict[str, float | int]:
    """A whole demo: seconds, seconds of rendering, drafts, waits, and the most memory all its processes held together."""
    began, peak = time.monotonic(), [0]
    child = subprocess.Popen([*HAIKEI, "demo", "--folder", str(folder)], stdout=subprocess.PIPE, text=True)
    watcher = threading.Thread(target=_watch, args=(child, peak))
    watcher.start()
    said = child.communicate()[0]
    watcher.join()
    if child.returncode:
        raise SystemExit(said)
    seconds = time.monotonic() - began
    waits = [line for line in said.splitlines() if line.startswith("approval to render start")]
    engine = open_database(read_settings(folder / "haikei.toml").database_url())
    with engine.connect() as connection:
        settled = rounds.every(connection)
        drafts = sum(len(rounds.pictures_of(connection, each.key)) for each in settled)
    render_ms = [_render_ms(body) for body in _rendered(folder)]
    return {
        "demo_s": round(seconds, 1),
        "drafts": drafts,
        "render_s": round(sum(render_ms) / 1000, 1),
        "approval_to_render_start_median_s": float(waits[0].split("median ")[1].split(" s")[0]),
        "memory_all_processes_peak_mb": round(peak[0] / 1e6),
    }


def _rendered(folder: Path) -> list[bytes]:
    engine = open_database(read_settings(folder / "haikei.toml").database_url())
    with engine.connect() as connection:
        return [bytes(row[0]) for row in connection.exec_driver_sql("SELECT body FROM ledger_entry WHERE kind = 'draft.rendered'")]


def _render_ms(body: bytes) -> int:
    return int(json.loads(body)["ai"]["render_ms"])


def _timed(command: list[str]) -> float:
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - began


def _watch(child: subprocess.Popen[str], peak: list[int]) -> None:
    while child.poll() is None:
        peak[0] = max(peak[0], _memory(child.pid))
        time.sleep(0.5)


def _memory(root: int) -> int:
    """Proportional set size in bytes of a process and its descendants, from Linux's smaps_rollup; shared pages count once."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
    family = {root}
    while grown := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= grown
    return sum(_pss(pid) for pid in family)


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))


if __name__ == "__main__":
    main()
