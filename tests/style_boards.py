"""Two small boards with their list of consents, for every test of styles."""

import hashlib
from pathlib import Path

from PIL import Image, ImageDraw

ROW = '[[board]]\nfile = "{file}"\nsha256 = "{sha256}"\nartist = "Hana Sato"\nconsent = "{consent}"\ndate = 2026-11-01\nscope = "{scope}"\n'
"""One entry of the list."""


def write_boards(folder: Path, *, scope: str = "studio") -> Path:
    """Paint ``hill.png`` and ``river.jpg`` into `folder`, and return the list of consents beside it."""
    folder.mkdir(parents=True)
    for name, sky in (("hill.png", (210, 120, 160)), ("river.jpg", (70, 140, 120))):
        picture = Image.new("RGB", (160, 90), sky)
        ImageDraw.Draw(picture).polygon([(0, 90), (80, 30), (160, 90)], fill=(40, 90, 60), outline="black")
        picture.save(folder / name)
    entries = [
        ROW.format(file=file.name, sha256=sha256_of(file), consent=f"C-{number}", scope=scope)
        for number, file in enumerate(sorted(folder.iterdir()))
    ]
    consents = folder.with_name("consents.toml")
    consents.write_text("\n".join(entries), encoding="utf-8")
    return consents


def sha256_of(file: Path) -> str:
    """SHA-256 of the file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
