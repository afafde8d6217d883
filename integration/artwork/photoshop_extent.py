"""How large a Photoshop file's canvas is and whether it is all there, told from its sections without unpacking any.

Format: Adobe Photoshop File Formats Specification, "Photoshop File Format" (PSD and PSB).
"""

import struct
from pathlib import Path
from typing import BinaryIO

from integration.errors import ArtworkError

_MODES = {1: "grey", 3: "RGB"}
_DEPTHS = (8, 16)
_LONGEST_SIDE_PX = 30_000
_RAW, _PACKED = 0, 1
_HINT = "Ask for it again, saved in RGB with 8 or 16 bits."


def photoshop_extent(path: Path) -> tuple[int, int]:
    """Width and height in pixels of the canvas.

    Raises:
        ArtworkError: it is no Photoshop file, is cut off, or is in a mode that is not read; the message says which.
    """
    size_bytes = path.stat().st_size
    with path.open("rb") as stream:
        try:
            return _extent(stream, size_bytes)
        except struct.error as error:
            raise _cut_off() from error


def _extent(stream: BinaryIO, size_bytes: int) -> tuple[int, int]:
    signature, version, _, channels, height, width, depth, mode = struct.unpack(">4sH6sHIIHH", stream.read(26))
    if signature != b"8BPS" or version not in (1, 2):
        raise ArtworkError("it is no Photoshop file", hint=_HINT)
    if mode not in _MODES or depth not in _DEPTHS:
        raise ArtworkError("the Photoshop file is not in RGB or grey with 8 or 16 bits", hint=_HINT)
    if not (0 < width <= _LONGEST_SIDE_PX and 0 < height <= _LONGEST_SIDE_PX and 0 < channels <= 56):
        raise ArtworkError(f"the Photoshop file says {width} × {height} pixels in {channels} channels", hint=_HINT)
    large = version == 2
    for form in (">I", ">I", ">Q" if large else ">I"):  # colour mode, resources, layers and masks
        (length,) = struct.unpack(form, stream.read(struct.calcsize(form)))
        if length > size_bytes - stream.tell():
            raise _cut_off()
        stream.seek(length, 1)
    (compression,) = struct.unpack(">H", stream.read(2))
    left = size_bytes - stream.tell()
    if compression == _RAW:
        wanted = channels * height * ((width * depth + 7) // 8)
    elif compression == _PACKED:
        rows, form = channels * height, ">I" if large else ">H"
        table = stream.read(rows * struct.calcsize(form))
        wanted = len(table) + sum(length for (length,) in struct.iter_unpack(form, table))
        if len(table) < rows * struct.calcsize(form):
            raise _cut_off()
    else:
        wanted = 1
    if left < wanted:
        raise _cut_off()
    return width, height


def _cut_off() -> ArtworkError:
    return ArtworkError("the Photoshop file is cut off: its end is missing", hint="Ask for it again.")
