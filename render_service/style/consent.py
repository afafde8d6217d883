"""Which board may train what: the studio's list of consents, a TOML or CSV file that names each picture by its hash."""

import csv
import io
import re
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from integration.errors import RenderError

EVERY_STYLE = "studio"
"""The scope of a consent that allows every style of this studio."""
LARGEST_LIST_BYTES = 5_000_000
"""Longest list that is read."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
"""One line of text without control characters."""
_ENCODINGS = ("utf-8-sig", "cp932")
"""What spreadsheets save CSV in; the second is what a Japanese Windows does."""


class Consent(BaseModel):
    """One artist's consent for one picture."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    file: Line
    """The picture's path inside the folder of boards, with '/'."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the picture's file, so that no other picture takes its place."""
    artist: Line
    """Who painted it and consented; never written into weights or statements."""
    consent: Line
    """Reference of the signed document, as the studio files it."""
    given_on: date = Field(alias="date")
    """The day from which it holds."""
    scope: Line
    """`EVERY_STYLE`, or names of styles with spaces between."""
    expires: date | None = None
    """The last day on which it holds; None when it does not end."""
    withdrawn: date | None = None
    """The day it was taken back; from then on, and whatever the day, the picture trains nothing."""
    words: str = Field("", max_length=400)
    """What the picture shows, as a prompt would say it; empty trains without words."""

    def objection(self, *, style: str, sha256: str, today: date) -> str:
        """Why a picture with the hash `sha256` may not train `style` on `today`; empty when it may."""
        if sha256 != self.sha256:
            return f"is not the picture consent {self.consent} was given for: its SHA-256 is {sha256}"
        if self.withdrawn is not None:
            return f"consent {self.consent} was withdrawn on {self.withdrawn}"
        if self.expires is not None and self.expires < today:
            return f"consent {self.consent} ended on {self.expires}"
        if self.given_on > today:
            return f"consent {self.consent} holds only from {self.given_on}"
        if style not in (scopes := self.scope.split()) and EVERY_STYLE not in scopes:
            return f"consent {self.consent} is for '{self.scope}', not for the style '{style}'"
        return ""


def read_consents(file: Path) -> dict[str, Consent]:
    """The consents in `file` by picture: TOML with a ``[[board]]`` for each, or CSV with the same names in its first line.

    Raises:
        RenderError: it cannot be read, or an entry leaves out or misspells something; the message says which.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST_LIST_BYTES + 1)
    except OSError as error:
        raise _refused(file, f"cannot be read: {error.strerror}", "Check its name and who may read it.") from error
    if len(data) > LARGEST_LIST_BYTES:
        raise _refused(file, f"is larger than {LARGEST_LIST_BYTES // 1_000_000} MB", "It should hold one short entry for each board.")
    entries = _of_toml(file, data) if file.suffix.lower() == ".toml" else _of_csv(file, data)
    consents = [_entry(file, number, entry) for number, entry in enumerate(entries, start=1)]
    by_file = {consent.file: consent for consent in consents}
    if len(by_file) < len(consents):
        names = [consent.file for consent in consents]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise _refused(file, f"has two entries for {', '.join(twice[:5])}", "Keep the one that holds.")
    return by_file


def _of_toml(file: Path, data: bytes) -> Sequence[Any]:
    try:
        parts = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(file, f"is not valid TOML: {error}", "Correct the line it names.") from error
    boards = parts.pop("board", None)
    if not isinstance(boards, list) or parts:
        raise _refused(
            file,
            "must hold a [[board]] for each picture and nothing else",
            "Write file, sha256, artist, consent, date and scope under each.",
        )
    return boards


def _of_csv(file: Path, data: bytes) -> Sequence[Any]:
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True, restkey="surplus"))
        except csv.Error as error:
            raise _refused(file, f"is not valid CSV: {error}", "Save it again from the spreadsheet.") from error
        return [{(key or "").strip(): value for key, value in row.items() if value and key} for row in rows]
    raise _refused(file, "is neither UTF-8 nor Shift-JIS text", "Save it as CSV UTF-8.")


def _entry(file: Path, number: int, entry: Any) -> Consent:
    try:
        return Consent.model_validate(entry)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'all'}: {e['msg']}" for e in error.errors(include_input=False, include_url=False)[:5]
        )
        name = re.sub(r"[^\w./ -]", "?", str(entry.get("file", "")))[:80] if isinstance(entry, dict) else ""
        raise _refused(file, f"has a wrong entry {number} ({name or 'no file named'}): {wrong}", "Correct it.") from error


def _refused(file: Path, reason: str, hint: str) -> RenderError:
    return RenderError(f"the consent list {file.name} {reason}", hint=hint)
