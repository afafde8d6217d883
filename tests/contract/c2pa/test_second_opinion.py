"""A C2PA implementation that shares no code with ours reads what we sign: @trustnxt/c2pa-ts, by npm's lock file."""

import io
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from integration.provenance.certificate import trial_certificate
from integration.provenance.draft_label import DraftFacts, Source
from integration.provenance.signing import Signer

HERE = Path(__file__).parent

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("npm") is None and "CI" not in os.environ, reason="npm is not installed"),
]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the second implementation is installed."""
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json", "check.mjs"):
        shutil.copy(HERE / name, folder / name)
    subprocess.run(
        ["npm", "install", "--no-save", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=300,
    )
    return folder


def picture(kind: str, seed: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (90, 160, 3), dtype=np.uint8)).save(file, kind)
    return file.getvalue()


def opinions(node: Path, *files: Path) -> list[dict[str, Any]]:
    done = subprocess.run(["node", "check.mjs", *map(str, files)], cwd=node, check=True, capture_output=True, text=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_second_implementation_finds_what_we_sign_valid_and_what_was_changed_not(node: Path, tmp_path: Path) -> None:
    signer = Signer(trial_certificate(tmp_path / "keys"))
    genzu = Source(data=picture("PNG", 9), media_type="image/png", title="c012 BG genzu")
    facts = DraftFacts(system="house", version="1", parameters={"seed": "4711"})
    draft = signer.sign_draft(picture("PNG", 1), title="c012 BG AI draft r1 A", genzu=genzu, facts=facts)
    over = Source(data=draft, media_type="image/png", title="c012 BG AI draft")
    revisions = {
        kind: signer.sign_revision(picture(kind, 2), f"image/{kind.lower()}", title="c012 BG", draft=over, stated_by_hand=True)
        for kind in ("PNG", "JPEG")
    }
    painting = signer.sign_painting(picture("PNG", 3), "image/png", title="c013 BG")
    changed = bytearray(draft)
    changed[-60] ^= 1
    files = []
    for number, data in enumerate((draft, *revisions.values(), painting, bytes(changed))):
        files.append(tmp_path / f"{number}.picture")
        files[-1].write_bytes(data)

    *good, bad = opinions(node, *files)

    assert [(each["valid"], each["failures"]) for each in good] == [(True, [])] * 4
    assert bad["valid"] is False
    assert "assertion.dataHash.mismatch" in bad["failures"]
    assert any(label.startswith("c2pa.ingredient") for label in good[0]["assertions"])
