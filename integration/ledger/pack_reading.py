"""Reads an audit pack that anybody may have made: bounded in files and bytes, unpacks nothing to disk."""

import re
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from integration.errors import LedgerError

MOST_FILES = 2_000_000
"""More files than the pack of the largest show."""
MOST_BYTES = 4 << 30
"""Longest content of a pack, all files together."""

_LONGEST: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern, re.ASCII), longest)
    for pattern, longest in (
        (r"README\.txt", 1 << 16),
        (r"checkpoint|checkpoints/\d{12,19}|keys/\d{4}\.rotation", 1 << 16),
        (r"vkeys", 1 << 16),
        (r"timestamps/\d{12,19}\.tsr", 1 << 18),
        (r"tile/[0-7]/(x\d{3}/){0,5}\d{3}(\.p/\d{1,3})?", 1 << 13),
        (r"entries/\d{12,19}\.json", (1 << 16) - 1),
        (r"proofs/\d{12,19}\.tlog-proof", 1 << 16),
        (r"pictures\.csv|names\.csv|people\.csv|hours\.csv", 1 << 28),
        (r"recompute(_[a-z]{1,20})?\.py", 1 << 16),
    )
)
"""What may lie in a pack, and how long each may be."""


@dataclass(slots=True)
class PackReading:
    """The files of a pack."""

    files: zipfile.ZipFile
    known: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    """Files that belong in a pack."""
    strange: list[str] = field(default_factory=list)
    """Why others were not looked at."""

    @classmethod
    def of(cls, path: Path) -> Self:
        """Open the pack at `path`.

        Raises:
            LedgerError: it is no zip, or holds more than any pack does.
        """
        try:
            reading = cls(zipfile.ZipFile(path))
        except OSError as error:
            raise LedgerError(f"{path} cannot be read: {error.strerror}") from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
            raise LedgerError(f"{path} is no zip: {error}", hint="Ask for the pack again; it may have been cut short.") from error
        infos = reading.files.infolist()
        if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_BYTES:
            reading.files.close()
            raise LedgerError(f"{path} is too large for an audit pack", hint="It was not made by `haikei bundle`; do not unpack it.")
        for info in infos:
            reading._sort_in(info)
        return reading

    def read(self, name: str) -> bytes | None:
        """The bytes of a file that belongs in a pack; None when it is not there or cannot be read whole."""
        info = self.known.get(name)
        if info is None:
            return None
        try:
            with self.files.open(info) as stream:
                data = stream.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
            self.strange.append(f"{name} cannot be read: {error}")
            del self.known[name]
            return None
        if len(data) == info.file_size:
            return data
        self.strange.append(f"{name} is longer or shorter than the zip says")
        del self.known[name]
        return None

    def under(self, folder: str) -> list[str]:
        """Names in `folder`, sorted."""
        return sorted(name for name in self.known if name.startswith(folder))

    def _sort_in(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        longest = next((longest for form, longest in _LONGEST if form.fullmatch(name)), None)
        mode = info.external_attr >> 16
        if info.is_dir() and longest is None and re.fullmatch(r"[\w./]{1,60}", name, re.ASCII) and ".." not in name:
            return
        if longest is None:
            self.strange.append(f"{name[:80]!r} does not belong in a pack")
        elif name in self.known:
            self.strange.append(f"{name} is there twice")
        elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            self.strange.append(f"{name} is a link or a device")
        elif info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            self.strange.append(f"{name} is encrypted or packed in an unknown way")
        elif info.file_size > longest:
            self.strange.append(f"{name} is too long: {info.file_size} bytes")
        else:
            self.known[name] = info
