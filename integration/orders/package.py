"""The package of an order: pictures in a folder for each background, sheets, forms and checksums, in a folder or a zip."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from shutil import copyfileobj
from typing import Literal

from integration.orders.declaration import NAMES
from integration.orders.file_names import apart, safe_name
from integration.orders.manifest import HouseOrder, Shipped, manifest_bytes
from integration.orders.order_sheet import order_sheet
from integration.orders.words import declaration_form, readme
from integration.provenance.media_types import media_type_of
from integration.storage.digest import sha256_of_file
from integration.storage.whole_file import whole_file

MANIFEST = "order.json"
"""The order, for programs."""
CHECKSUMS = "SHA256SUMS"
"""Every other file's hash, as ``sha256sum -c`` reads it."""
_SUFFIXES = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/tiff": "tif",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/vnd.adobe.photoshop": "psd",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How one background's folder and files are called."""

    folder: str
    """``01_ep01_c001``."""
    stems: dict[str, str]
    """By part, what its file is called when it is handed back: ``ep01_c001_BG``."""


def namings(backgrounds: Sequence[tuple[str, str, Sequence[str]]]) -> list[Naming]:
    """Folders and stems for (episode, code, parts) of each background, no two alike."""
    called = [safe_name("_".join(filter(None, (episode, code))), otherwise="cut") for episode, code, _ in backgrounds]
    flat = [(place, part) for place, (_, _, parts) in enumerate(backgrounds) for part in parts]
    stems = dict(zip(flat, apart(f"{called[place]}_{safe_name(part, otherwise='part')}" for place, part in flat), strict=True))
    return [
        Naming(folder=f"{place + 1:02}_{called[place]}", stems={part: stems[place, part] for part in parts})
        for place, (_, _, parts) in enumerate(backgrounds)
    ]


@dataclass(frozen=True, slots=True)
class Packing:
    """A package while it is packed in `folder`, which is empty at first."""

    folder: Path
    written: list[str] = field(default_factory=list)
    """Paths in the package, with ``/``."""

    def put(
        self, what: Literal["genzu", "line", "cel_mask", "shadow_mask", "art_board", "draft"], name: str, data: bytes | Path
    ) -> Shipped:
        """Put a picture at `name`, less its suffix, which its content says.

        Raises:
            StorageError: the disk is full or refuses.
        """
        with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as content:
            name = f"{name}.{_SUFFIXES.get(media_type_of(content.read(16)) or '', 'bin')}"
            content.seek(0)
            with whole_file(self.folder / name) as out:
                copyfileobj(content, out)
        sha256, size_bytes = sha256_of_file(self.folder / name)
        self.written.append(name)
        return Shipped(what=what, name=name, sha256=sha256, size_bytes=size_bytes)

    def close(self, order: HouseOrder, *, notice: str = "") -> None:
        """Add the sheets, forms and checksums; `notice` is the studio's own text on AI, empty for none.

        Raises:
            ArtworkError: the order sheet cannot be set.
            StorageError: the disk is full or refuses.
        """
        texts = {
            MANIFEST: manifest_bytes(order),
            "README.txt": _for_windows(readme(order)),
            NAMES[0]: _for_windows(declaration_form(order)),
            "order-sheet.ja.pdf": order_sheet(order, "ja", folder=self.folder),
            "order-sheet.en.pdf": order_sheet(order, "en", folder=self.folder),
            **({"ai-notice.txt": _for_windows(notice)} if notice else {}),
        }
        for name, data in texts.items():
            self._write(name, data)
        sums = "".join(f"{sha256_of_file(self.folder / name)[0]}  {name}\n" for name in sorted(self.written))
        self._write(CHECKSUMS, sums.encode())

    def _write(self, name: str, data: bytes) -> None:
        with whole_file(self.folder / name) as out:
            out.write(data)
        self.written.append(name)


def zipped(packing: Packing, out: Path, *, name: str, day: date) -> None:
    """Write the package to `out`, everything in it under the folder `name` and dated `day`: the same files are the same bytes.

    Raises:
        StorageError: the disk is full or refuses.
    """
    with whole_file(out) as stream, zipfile.ZipFile(stream, "w") as archive:
        for path in sorted(packing.written):
            entry = zipfile.ZipInfo(f"{name}/{path}", date_time=(max(day.year, 1980), day.month, day.day, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            entry.file_size = (packing.folder / path).stat().st_size
            picture = path.endswith((".png", ".jpg", ".pdf", ".webp", ".gif"))
            entry.compress_type = zipfile.ZIP_STORED if picture else zipfile.ZIP_DEFLATED
            with (packing.folder / path).open("rb") as content, archive.open(entry, "w") as packed:
                copyfileobj(content, packed)


def _for_windows(text: str) -> bytes:
    """Text that every editor of Windows reads as what it is: UTF-8 with a mark, lines ended as there."""
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
