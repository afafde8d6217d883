"""``python -m tests.faulty_worker FAULT FOLDER``: a render worker like any other, but that its model has a fault.

``bad-seed``: it fails whenever `BAD_SEED` is in the batch. ``lost``: the device fails; ``hung``: it answers no more. These two happen
once: a file in FOLDER says that they have, so that the next process on the slot is well. ``fatal``: every picture ends the process, and
a request is given up after `FEW_STARTS`.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from render_service import render_story, worker
from render_service.renderers import kinds
from render_service.renderers.protocol import PaintJob

HUNG_S = 3600.0
FEW_STARTS = 2
BAD_SEED = 13


def main(fault: str, folder: Path) -> int:
    """Work with `fault` in the model."""
    paint = kinds.PAINTERS["controlnet"]
    happened = folder / fault

    def faulty(pipeline: Any, look: Any, jobs: Sequence[PaintJob], arguments: dict[str, Any]) -> Any:
        if fault == "bad-seed":
            if any(job.seed == BAD_SEED for job in jobs):
                raise ValueError("the model stumbled")
        elif fault == "fatal":
            os._exit(worker.DEVICE_LOST)
        elif not happened.exists():
            happened.touch()
            if fault == "hung":
                time.sleep(HUNG_S)
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        return paint(pipeline, look, jobs, arguments)

    kinds.PAINTERS["controlnet"] = faulty
    if fault == "fatal":
        render_story.MOST_STARTS = FEW_STARTS
    return worker.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
