"""What kind of picture a file is, by how it begins."""

_PICTURES = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
    b"GIF8": "image/gif",
    b"8BPS": "image/vnd.adobe.photoshop",
}


def media_type_of(data: bytes) -> str | None:
    """The media type of a picture by how its file begins; None for what is no picture we know."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _PICTURES.items() if data.startswith(start)), None)
