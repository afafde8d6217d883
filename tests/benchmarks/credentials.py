"""How long a draft of 3840x2160 takes to sign, by what is in it: ``python tests/benchmarks/credentials.py``."""

import statistics
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from cv2.typing import MatLike

from integration.provenance.certificate import trial_certificate
from integration.provenance.draft_label import DraftFacts, Source
from integration.provenance.signing import Signer

TIMES = 9
BAR_MS = 80


def pictures() -> dict[str, bytes]:
    """PNGs of one size: a smooth one, the same with the grain of paint, and noise."""
    random = np.random.default_rng(0)
    small = cv2.GaussianBlur(np.asarray(random.integers(0, 255, (27, 48, 3), dtype=np.uint8)), (0, 0), 2)
    smooth = cv2.resize(small, (3840, 2160), interpolation=cv2.INTER_CUBIC)
    grain = np.clip(smooth + random.normal(0, 2, smooth.shape), 0, 255).astype(np.uint8)
    noise = np.asarray(random.integers(0, 255, smooth.shape, dtype=np.uint8))
    return {"smooth": encoded(smooth), "with grain": encoded(grain), "pure noise": encoded(noise)}


def encoded(picture: MatLike) -> bytes:
    """The picture as PNG."""
    return cv2.imencode(".png", picture)[1].tobytes()


def main() -> None:
    """Print the median for each picture."""
    facts = DraftFacts(system="house", version="1", parameters={"seed": "1"})
    with tempfile.TemporaryDirectory() as folder:
        signer = Signer(trial_certificate(Path(folder)))
        genzu = Source(data=encoded(np.full((1240, 1754), 255, dtype=np.uint8)), media_type="image/png", title="genzu")
        for name, png in pictures().items():
            took = []
            for _ in range(TIMES):
                start = time.perf_counter()
                signer.sign_draft(png, title="c012", genzu=genzu, facts=facts)
                took.append(1000 * (time.perf_counter() - start))
            median = statistics.median(took)
            print(f"{name}: {len(png) / 1e6:.1f} MB, {median:.0f} ms, bar {BAR_MS} ms {'reached' if median < BAR_MS else 'missed'}")


if __name__ == "__main__":
    main()
