"""Tells files that are no readable picture by their first bytes, so that the refusal can name what they are."""

from integration.errors import ArtworkError

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"BM", b"GIF87a", b"GIF89a")
_OTHERS = {
    b"8BPS": "a Photoshop file (PSD)",
    b"CSFCHUNK": "a Clip Studio file",
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an archive or a layered file (ZIP, ORA, KRA)",
    b"v/1\x01": "an OpenEXR picture",
    b"\x1aE\xdf\xa3": "a film (Matroska)",
    b"\x00\x00\x00\x0cJXL": "a JPEG XL picture",
    b"\xff\x0a": "a JPEG XL picture",
}
_MARKUP = {b"<svg": "a drawing made of curves (SVG)", b"<html": "a web page", b"<!doctype html": "a web page"}
_HINT = "Export the genzu as PNG, JPEG or TIFF and upload that."


def require_picture(head: bytes) -> None:
    """Do nothing when a file beginning with `head` (up to 4096 bytes) may be a picture we read.

    Raises:
        ArtworkError: it is something else; the message says what, where that can be told.
    """
    if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return
    raise ArtworkError(f"the file is {_kind(head)}, not a picture haikei reads", hint=_HINT)


def _kind(head: bytes) -> str:
    for start, kind in _OTHERS.items():
        if head.startswith(start):
            return kind
    if head[4:8] == b"ftyp":
        return "a film or a phone's picture (MP4, HEIC, AVIF)"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, kind in _MARKUP.items():
        if text.startswith(mark) or (text.startswith(b"<?xml") and mark in text):
            return kind
    return "of an unknown kind"
