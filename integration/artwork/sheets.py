"""What a genzu's file holds: one sheet, or the BG and its BOOKs as the layers of a Photoshop file."""

from collections.abc import Callable
from dataclasses import dataclass

from integration.artwork.checked_image import CheckedImage, open_checked

BG = "BG"
"""The part every background has."""
_PSD = b"8BPS"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheets:
    """The sheets in one file."""

    parts: tuple[str, ...]
    """``BG`` first, then ``BOOK1``, ``BOOK2`` … as they lie, the lowest first."""
    open_part: Callable[[str], CheckedImage]
    """Use `image`."""

    def image(self, part: str) -> CheckedImage:
        """The sheet of `part`, one of `parts`; all sheets of a file have one size, so the frame found on the BG's is that of all.

        Raises:
            ArtworkError: it is damaged, or the file has no such part.
        """
        return self.open_part(part)


def open_sheets(data: bytes) -> Sheets:
    """Open a genzu's file from anybody; a flat picture is the sheet of the BG.

    Raises:
        ArtworkError: it is empty, no picture, damaged, too large, or of a kind that is not read; the message says which.
    """
    if data.startswith(_PSD):
        from integration.artwork.layered import open_layered  # psd-tools is slow to import and flat files do without

        layered = open_layered(data)
        return Sheets(parts=layered.parts, open_part=layered.image)
    sheet = open_checked(data)
    return Sheets(parts=(BG,), open_part=lambda _: sheet)
