"""``python tests/benchmarks/revisions.py``: time and memory of hand-offs, returned files and the measure, as JSON.

Each line is a process of its own, so that its memory is its own.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from integration.artwork.handoff import HandOff, PartSheet
from integration.artwork.ora_writing import write_ora
from integration.artwork.psd_writing import write_psd
from integration.artwork.returned_layers import read_returned
from integration.measure.change import measure_change
from integration.measure.picture import Colour

UHD, BANK = (3840, 2160), (12_000, 4_000)


def main() -> None:
    """Print every figure, or measure the one that is named."""
    if len(sys.argv) > 1:
        print(json.dumps(_CASES[sys.argv[1]]()))
        return
    for name in _CASES:
        done = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, check=True)
        print(name, done.stdout.strip())


def _painting(seed: int, size: tuple[int, int]) -> Colour:
    rng = np.random.default_rng(seed)
    rough = rng.integers(0, 255, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(rough, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _hand_off() -> HandOff:
    line = np.full(UHD[::-1], 255, np.uint8)
    cv2.line(line, (10, 10), (UHD[0] - 10, UHD[1] - 10), 0, 3)
    mask = np.zeros_like(line)
    mask[UHD[1] // 2 :, UHD[0] // 3 : UHD[0] // 2] = 255
    return HandOff(parts=(PartSheet(part="BG", line=line, cel_mask=mask, drafts=tuple(_painting(seed, UHD) for seed in range(3))),))


def _pair(size: tuple[int, int]) -> dict[str, float]:
    draft, other = _painting(1, size), _painting(2, size)
    revision = draft.copy()
    revision[size[1] // 3 : size[1] // 2] = other[size[1] // 3 : size[1] // 2]
    del other
    return _timed(lambda: measure_change(draft, revision, line=np.full(size[::-1], 255, np.uint8)))


def _written(suffix: str) -> dict[str, float]:
    handed = _hand_off()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"file.{suffix}"
        figures = _timed(lambda: (write_psd if suffix == "psd" else write_ora)(handed, file))
        return figures | {"file_mb": round(file.stat().st_size / 1e6, 1)}


def _read(suffix: str) -> dict[str, float]:
    handed = _hand_off()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"file.{suffix}"
        layers = (write_psd if suffix == "psd" else write_ora)(handed, file)
        del handed
        return _timed(lambda: read_returned(file, layers))


def _timed(work: Callable[[], object]) -> dict[str, float]:
    """The best of three, and how much the process's memory grew at most."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": round(min(seconds), 2), "mb_before": round(before / 1e3), "mb_most": round(after / 1e3)}


_CASES: dict[str, Callable[[], dict[str, float]]] = {
    "measure 3840x2160": lambda: _pair(UHD),
    "measure 12000x4000": lambda: _pair(BANK),
    "write PSD, 5 layers": lambda: _written("psd"),
    "write ORA, 5 layers": lambda: _written("ora"),
    "read PSD, 5 layers": lambda: _read("psd"),
    "read ORA, 5 layers": lambda: _read("ora"),
}


if __name__ == "__main__":
    main()
