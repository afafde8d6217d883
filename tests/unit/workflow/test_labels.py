"""A draft is labelled whatever its genzu carries: a damaged label of the genzu's own must not stop it."""

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from integration.provenance.certificate import trial_certificate
from integration.provenance.credentials import read_credentials
from integration.provenance.signing import Signer
from integration.storage.filesystem import FilesystemStorage
from integration.workflow.labels import label_draft
from tests.png_chunk import with_chunk


def png(seed: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (40, 64, 3), dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("genzu", [png(1), with_chunk(png(1), b"caBX", b"junk" * 40), png(1)[:-20]], ids=["sound", "junk label", "cut off"])
def test_a_draft_is_signed_whatever_its_genzu_carries(genzu: bytes, tmp_path: Path) -> None:
    signer = Signer(trial_certificate(tmp_path / "keys"))
    storage = FilesystemStorage(tmp_path / "media")
    painted_png, lines, sheet = (storage.put(data, media_type="image/png") for data in (png(2), png(3), genzu))
    picture = SimpleNamespace(sha256=painted_png.sha256, seed=7, pixel_sha256="f" * 64)
    look = SimpleNamespace(name="house", revision="house-1", digest="d" * 64)
    painted: Any = SimpleNamespace(
        picture=picture,
        request=SimpleNamespace(look=look, line_sha256=lines.sha256),
        result=SimpleNamespace(recipe={}, recipe_sha256="e" * 64),
    )
    studio: Any = SimpleNamespace(storage=storage, signer=signer, settings=SimpleNamespace(credentials=SimpleNamespace(show_prompt=False)))
    draft: Any = SimpleNamespace(genzu_sha256=sheet.sha256, code="c012", part="BG", key="k", round=1)

    media = label_draft(studio, draft, painted, title="c012 BG AI draft r1 A")

    credentials = read_credentials(storage.get(media.sha256), "image/png")
    assert credentials is not None
    assert credentials.fits
