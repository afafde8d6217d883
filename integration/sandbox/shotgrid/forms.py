"""Form bodies, as browsers and the vendor's client send them."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

_MOST_FIELDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What was sent."""

    fields: dict[str, str]
    """Plain fields."""
    files: dict[str, tuple[str, bytes]]
    """Files: name where they came from, content."""


def read_form(content_type: str, body: bytes) -> Form:
    """The form in `body`.

    Raises:
        ValueError: there is none.
    """
    if content_type.partition(";")[0].strip().lower() == "multipart/form-data":
        return _multipart(content_type, body)
    pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    return Form(fields=dict(pairs), files={})


def _multipart(content_type: str, body: bytes) -> Form:
    match = re.search(r'boundary="?([^";,\s]{1,200})"?', content_type)
    if match is None:
        raise ValueError("a multipart form without boundary")
    parts = (b"\r\n" + body).split(b"\r\n--" + match[1].encode("ascii"))
    if len(parts) < 2 or len(parts) > _MOST_FIELDS or not parts[-1].startswith(b"--"):
        raise ValueError("a multipart form without end")
    fields: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for part in parts[1:-1]:
        head, separator, content = part.partition(b"\r\n\r\n")
        name = re.search(r'[; ]name="([^"]*)"', head.decode("utf-8"))
        if not separator or name is None:
            raise ValueError("a part without name")
        filename = re.search(r'filename="([^"]*)"', head.decode("utf-8"))
        if filename is None:
            fields[name[1]] = content.decode("utf-8")
        else:
            files[name[1]] = (filename[1], content)
    return Form(fields=fields, files=files)
