"""Looks through a file, or a folder of files, for what it says of models: credentials, source types, traces of generators."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from integration.errors import ArtworkError
from integration.provenance.archive import files_of
from integration.provenance.credentials import Credentials, read_credentials
from integration.provenance.finding import Finding, FindingKind, Inspection
from integration.provenance.generators import traces_of
from integration.provenance.media_types import media_type_of
from integration.provenance.metadata import properties_of, texts_of
from integration.provenance.source_types import said_of_ai

NOT_LOOKED_THROUGH = "Not a kind of file that is looked through."
"""The fact of a file that nothing can be said of."""
LARGEST_BYTES = 2_000_000_000
"""Larger files are not opened."""
_LARGEST_SIDECAR_BYTES = 50_000_000
_ARCHIVE = b"PK\x03\x04"
_ANY = "application/octet-stream"
_INSIDE = 3
_AI_FIELDS = ("AISystemUsed", "AISystemVersionUsed", "AIPromptInformation", "AIPromptWriterName")
"""IPTC Photo Metadata 2025.1."""


def inspect_file(file: Path, *, roots: str = "") -> Inspection:
    """What `file` says about itself, with the sidecars beside it (``.c2pa``, ``.xmp``).

    Args:
        file: any file; one that is no picture gives no finding and a fact that says so.
        roots: PEM certificates that are trusted to name signers.
    """
    try:
        data = _read(file)
    except ArtworkError as error:
        return _unreadable(error)
    inspection = inspect_bytes(data, roots=roots)
    for sidecar in _beside(file, ".c2pa"):
        inspection += _judged_sidecar(sidecar, data, roots)
    for sidecar in _beside(file, ".xmp"):
        inspection += Inspection(findings=tuple(_said(properties_of(sidecar.read_bytes()), sidecar.name)))
    return inspection


def inspect_bytes(data: bytes, *, roots: str = "", depth: int = 0) -> Inspection:
    """What the file with these bytes says about itself; see `inspect_file`."""
    media_type = media_type_of(data)
    if data.startswith(_ARCHIVE):
        return _judged(read_credentials(data, "zip", roots=roots)) + _inside(data, roots, depth)
    if media_type:
        return _judged(read_credentials(data, media_type, roots=roots)) + _told(data)
    if not data:
        return Inspection(findings=(Finding(kind=FindingKind.UNREADABLE, what="The file is empty."),))
    return Inspection(facts=(NOT_LOOKED_THROUGH,))


def credentials_of(file: Path, *, roots: str = "") -> Iterator[Credentials]:
    """The Content Credentials in `file`, then those beside it; `roots` as for `inspect_file`.

    Raises:
        ArtworkError: the file cannot be read, or is too large.
    """
    data = _read(file)
    media_type = "zip" if data.startswith(_ARCHIVE) else media_type_of(data)
    inside = read_credentials(data, media_type, roots=roots) if media_type else None
    beside = [read_credentials(data, _ANY, sidecar=sidecar.read_bytes(), roots=roots) for sidecar in _beside(file, ".c2pa")]
    yield from (each for each in (inside, *beside) if each is not None)


def pictures_below(paths: Sequence[Path]) -> Iterator[Path]:
    """Every file of `paths` and of the folders among them, in order of name; hidden ones and sidecars are left out, links not followed.

    Raises:
        ArtworkError: one of `paths` does not exist, or a folder cannot be looked into.
    """
    for path in paths:
        if path.is_dir():
            for folder, folders, files in os.walk(path, onerror=_refuse):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                shown = (Path(folder) / name for name in sorted(files) if not name.startswith("."))
                yield from (file for file in shown if file.suffix.lower() not in (".c2pa", ".xmp") and not file.is_symlink())
        elif path.is_file():
            yield path
        else:
            raise ArtworkError(f"there is no file or folder {path}", hint="Check how it is written.")


def _refuse(error: OSError) -> None:
    raise ArtworkError(f"the folder {error.filename} cannot be looked into: {error.strerror}", hint="Check who may read it.") from error


def _told(data: bytes) -> Inspection:
    """What the texts of a picture say."""
    try:
        return Inspection(findings=tuple(_said(texts_of(data), "")))
    except ArtworkError as error:
        return _unreadable(error)


def _inside(data: bytes, roots: str, depth: int) -> Inspection:
    """What the files of an archive say."""
    if depth >= _INSIDE:
        return _unreadable(ArtworkError("archives within archives were not opened further"))
    inspection = Inspection()
    try:
        for name, content in files_of(data):
            if traces := traces_of({name: name}):
                inspection += Inspection(findings=(_generator(traces[0][0], name),))
            found = inspect_bytes(content, roots=roots, depth=depth + 1).findings if content else ()
            inspection += Inspection(findings=tuple(replace(each, where=f"{name}, {each.where}".rstrip(", ")) for each in found))
    except ArtworkError as error:
        return inspection + _unreadable(error)
    return inspection


def _judged(credentials: Credentials | None) -> Inspection:
    """What Content Credentials in a file say."""
    if credentials is None:
        return Inspection()
    tool = credentials.tool or credentials.signer
    said = tuple(
        Finding(kind=FindingKind.SOURCE_TYPE, what=f"Content Credentials say: {words}.", where="Content Credentials", tool=tool)
        for words in credentials.source_types
    )
    if not credentials.fits:
        words = f"Content Credentials that do not fit the file ({', '.join(credentials.problems) or 'invalid'})."
        return Inspection(findings=(Finding(kind=FindingKind.BROKEN_MANIFEST, what=words, tool=tool), *said))
    known = "a known signer" if credentials.trusted else "a signer this machine has no root for"
    fact = f"Content Credentials by {credentials.tool or 'an unnamed tool'}, signed by {credentials.signer or 'nobody named'} ({known})."
    return Inspection(findings=said, facts=(fact,))


def _judged_sidecar(sidecar: Path, data: bytes, roots: str) -> Inspection:
    """What credentials beside a file say of it."""
    credentials = read_credentials(data, _ANY, sidecar=sidecar.read_bytes(), roots=roots)
    if credentials is None or credentials.fits:
        return _judged(credentials)
    words = f"The credentials in {sidecar.name} do not fit the file ({', '.join(credentials.problems) or 'invalid'})."
    return Inspection(findings=(Finding(kind=FindingKind.STALE_SIDECAR, what=words, where=sidecar.name, tool=credentials.tool),))


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise ArtworkError(f"the file has more than {LARGEST_BYTES // 1_000_000_000} GB", hint="It was not opened.")
        return file.read_bytes()
    except OSError as error:
        raise ArtworkError(f"the file cannot be read: {error.strerror}", hint="Check who may read it.") from error


def _beside(file: Path, suffix: str) -> list[Path]:
    """Sidecars of `file`, named with its own suffix or without, of at most `_LARGEST_SIDECAR_BYTES`."""
    names = (file.with_suffix(suffix), file.with_name(file.name + suffix))
    return [path for path in names if path != file and path.is_file() and path.stat().st_size <= _LARGEST_SIDECAR_BYTES]


def _said(texts: dict[str, str], where: str) -> list[Finding]:
    """Findings in the texts of a file or sidecar."""
    findings = [_generator(tool, f"{where}: {key}" if where else key) for tool, key in traces_of(texts)]
    for key in ("DigitalSourceType", "digitalsourcetype", "DigitalSourcefileType"):
        if said := said_of_ai(texts.get(key, "")):
            words = f"Its IPTC source type says: {said}."
            findings.append(Finding(kind=FindingKind.SOURCE_TYPE, what=words, where=where or key, tool=texts.get("AISystemUsed", "")[:200]))
    named = [key for key in _AI_FIELDS if texts.get(key)]
    if named and not any(found.kind is FindingKind.SOURCE_TYPE for found in findings):
        findings.append(
            Finding(
                kind=FindingKind.SOURCE_TYPE,
                what=f"Its IPTC fields name an AI system ({', '.join(named)}).",
                where=where or named[0],
                tool=texts.get("AISystemUsed", "")[:200],
            )
        )
    return findings


def _generator(tool: str, where: str) -> Finding:
    return Finding(kind=FindingKind.GENERATOR, what=f"Text as {tool} writes it.", where=where, tool=tool)


def _unreadable(error: ArtworkError) -> Inspection:
    return Inspection(findings=(Finding(kind=FindingKind.UNREADABLE, what=error.in_words()),))
