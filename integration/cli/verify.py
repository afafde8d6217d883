"""`haikei verify`: says in plain words what of the record holds, what does not, and since when."""

import hashlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

import sqlalchemy as sa

from integration.cli.kept_record import require_record
from integration.errors import ArtworkError, LedgerError
from integration.ledger.canonical import parse
from integration.ledger.check import LogCheck, check_log, covering
from integration.ledger.entry import Entry
from integration.ledger.note import Verifier, read_verifier
from integration.ledger.pack_check import PackCheck, check_pack
from integration.ledger.pack_reading import PackReading
from integration.ledger.timestamp import read_roots
from integration.ledger.verdict import Finding, Standing, moment
from integration.ledger.vocabulary import Kind
from integration.provenance.opening import read_roots as read_signer_roots
from integration.reports.terminal import safe
from integration.settings import read_settings

_MOST_CHECKPOINT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the record, and what the asker kept."""

    shot: str | None = None
    picture: Path | None = None
    report: Path | None = None
    checkpoints: Sequence[Path] = ()
    vkeys: Sequence[str] = ()
    """Lines, or files that hold them."""
    certificates: Sequence[Path] = ()
    """Of timestamp authorities, PEM."""
    roots: str = ""
    """Certificates that signers of pictures are trusted by, PEM."""


def verify(settings_file: Path | None, what: Path | None, question: Question) -> None:
    """Check the record of `settings_file`, a database, or an audit pack; exit code 1 when anything does not hold.

    Raises:
        HaikeiError: what is to be checked cannot be read at all.
    """
    if question.picture is not None:
        question = replace(question, roots=read_signer_roots(read_settings(settings_file).credentials))
    kept = [(path.name, _bytes_of(path)) for path in question.checkpoints]
    known = [verifier for line in question.vkeys for verifier in _verifiers(line)]
    if what is not None and _is_zip(what):
        findings = _of_pack(what, question, kept, known)
    else:
        findings = _of_log(settings_file, what, question, kept, known)
    for finding in findings:
        print(f"{finding.standing.value.upper():<14} {safe(finding.words)}")
    broken = sum(finding.standing is Standing.BROKEN for finding in findings)
    print("Something does not hold." if broken else "Everything that could be checked holds.")
    if broken:
        sys.exit(1)


def _of_pack(path: Path, question: Question, kept: list[tuple[str, bytes]], known: list[Verifier]) -> list[Finding]:
    pack = PackReading.of(path)
    try:
        check = check_pack(pack, kept=kept, known=known, roots=read_roots(question.certificates))
    finally:
        pack.files.close()
    return check.findings + _answers(question, _PackEntries(check))


def _of_log(
    settings_file: Path | None, what: Path | None, question: Question, kept: list[tuple[str, bytes]], known: list[Verifier]
) -> list[Finding]:
    with _opened(settings_file, what) as connection:
        sought = _Sought(question)
        check = check_log(connection, kept=kept, known=known, wanted=sought.wants)
    return check.findings + _answers(question, _LogEntries(check))


class _Sought:
    """Which entries of a record the question is about."""

    def __init__(self, question: Question) -> None:
        self._shot = None if question.shot is None else normalize("NFC", question.shot)
        files = [path for path in (question.picture, question.report) if path is not None]
        self._corrections = question.report is not None
        self._digests = [digest.encode() for path in files for digest in _digests(path)]

    def wants(self, body: bytes, plain: dict[str, Any]) -> bool:
        """Whether this entry is one of them."""
        if self._corrections and plain.get("kind") == Kind.CORRECTION:
            return True
        return (self._shot is not None and self._shot in plain.get("shots", ())) or any(digest in body for digest in self._digests)


@dataclass(frozen=True, slots=True)
class _Told:
    """An entry a question is answered with."""

    index: int
    entry: Entry
    standing: Standing
    words: str


@dataclass(frozen=True, slots=True)
class _PackEntries:
    check: PackCheck

    def told(self) -> list[_Told]:
        """Each entry, and how it stands."""
        standing = Standing.HOLDS if self.check.holds else Standing.OPEN
        return [_Told(index, entry, standing, "stands in the record") for index, entry in self.check.entries]


@dataclass(frozen=True, slots=True)
class _LogEntries:
    check: LogCheck

    def told(self) -> list[_Told]:
        """Each entry, and how it stands."""
        found = []
        for index, body in self.check.found:
            try:
                entry = parse(body)
            except LedgerError:
                continue  # it was already told as misfiled or altered
            words = covering(self.check, index)
            standing = {"was changed": Standing.BROKEN, "is under a checkpoint that fits": Standing.HOLDS}.get(words, Standing.OPEN)
            found.append(_Told(index, entry, standing, words))
        return found


def _answers(question: Question, source: _PackEntries | _LogEntries) -> list[Finding]:
    told = source.told() if question.shot or question.picture or question.report else []
    answers: list[Finding] = []
    if question.shot is not None:
        answers += _about_shot(question.shot, told)
    if question.picture is not None:
        answers += _about_file(question.picture, "picture", told)
        answers += _about_credentials(question.picture, question.roots)
    if question.report is not None:
        answers += _about_file(question.report, "report", told)
    return answers


def _about_shot(shot: str, told: list[_Told]) -> Iterator[Finding]:
    mine = [each for each in told if normalize("NFC", shot) in each.entry.shots]
    if not mine:
        yield Finding(Standing.BROKEN, f"Nothing is recorded about cut {shot}.")
    for each in mine:
        words = f"Cut {shot}: entry {each.index}, {each.entry.kind.value}, recorded {moment(each.entry.recorded_ms)}, {each.words}."
        yield Finding(each.standing, words)


def _about_file(path: Path, what: str, told: list[_Told]) -> Iterator[Finding]:
    of_bytes, *of_pixels = _digests(path)
    named = [each for each in told if of_bytes in _sha256s(each.entry)]
    alike = [each for each in told if each.entry.asset is not None and each.entry.asset.pixel_sha256 in of_pixels and each not in named]
    for each in named:
        words = f"The {what} {path.name}: entry {each.index}, {each.entry.kind.value}, {moment(each.entry.recorded_ms)}, {each.words}."
        yield Finding(each.standing, words)
        if each.entry.kind is Kind.REPORT_EXPORTED:
            yield _still_stands(path, each, told)
    for each in alike:
        yield Finding(
            Standing.OPEN,
            f"The {what} {path.name} is another file with the same pixels as in entry {each.index}: it was saved again, or its metadata changed.",
        )
    if not named and not alike:
        yield Finding(Standing.BROKEN, f"No entry here knows the {what} {path.name}: it was changed since, or never handed in.")


def _about_credentials(path: Path, roots: str) -> Iterator[Finding]:
    """Whether the Content Credentials in the picture, or beside it, are its own, and by somebody that `roots` name."""
    from integration.provenance.inspection import credentials_of

    for each in credentials_of(path, roots=roots):
        by = f"Content Credentials by {each.tool or 'an unnamed tool'}, signed by {each.signer or 'nobody named'}"
        if not each.fits:
            problems = ", ".join(each.problems) or "invalid"
            words = f"{by}, do not fit it ({problems}): they were made for another file, or it was changed."
            yield Finding(Standing.BROKEN, f"The picture {path.name}: {words}")
        elif each.trusted:
            yield Finding(Standing.HOLDS, f"The picture {path.name}: {by}, fit it, and the signer is known.")
        else:
            yield Finding(Standing.OPEN, f"The picture {path.name}: {by}, fit it; credentials.roots does not name the signer.")


def _still_stands(path: Path, exported: _Told, told: list[_Told]) -> Finding:
    """Whether something the report tells of was put right after it was written."""
    later = [
        each
        for each in told
        if each.index > exported.index
        and each.entry.kind is Kind.CORRECTION
        and each.entry.show == exported.entry.show
        and {*each.entry.shots} & {*exported.entry.shots}
    ]
    if not later:
        return Finding(Standing.HOLDS, f"Nothing the report {path.name} tells of was put right since.")
    put_right = ", ".join(f"entry {each.entry.corrects} by entry {each.index}" for each in later)
    return Finding(Standing.OPEN, f"What the report {path.name} tells of was put right since: {put_right}. Export it again.")


def _sha256s(entry: Entry) -> set[str]:
    return {parent.sha256 for parent in entry.parents} | ({entry.asset.sha256} if entry.asset else set())


def _digests(path: Path) -> list[str]:
    """SHA-256 of the file, and of its pixels when it is a picture that can be read."""
    from integration.artwork.checked_image import open_checked

    data = _bytes_of(path, 1 << 31)
    try:
        pixels = [hashlib.sha256(open_checked(path).pixels.tobytes()).hexdigest()]
    except ArtworkError:
        pixels = []
    return [hashlib.sha256(data).hexdigest(), *pixels]


@contextmanager
def _opened(settings_file: Path | None, what: Path | None) -> Iterator[sa.Connection]:
    engine = _engine_of(settings_file) if what is None else _engine_on(what)
    try:
        with engine.connect() as connection:
            yield connection
    except sa.exc.DBAPIError as error:
        raise LedgerError(f"the record cannot be read: {error.orig}", hint="Give haikei's database file, or an audit pack.") from error
    finally:
        engine.dispose()


def _engine_of(settings_file: Path | None) -> sa.Engine:
    return require_record(read_settings(settings_file))


def _engine_on(file: Path) -> sa.Engine:
    """A database file of anybody's, opened for reading alone."""
    if not file.is_file():
        raise LedgerError(f"there is no file {file}", hint="Give a database file or an audit pack.")
    query = {"mode": "ro", "uri": "true"}
    if not file.with_name(f"{file.name}-wal").exists():
        query["immutable"] = "1"  # SQLite would leave files of its own beside it
    url = sa.URL.create("sqlite", database=f"file:{quote(file.absolute().as_posix())}", query=query)
    return sa.create_engine(url, hide_parameters=True)


def _is_zip(path: Path) -> bool:
    return _bytes_of(path, None, 4) in (b"PK\x03\x04", b"PK\x05\x06") or path.suffix.lower() == ".zip"


def _verifiers(line: str) -> list[Verifier]:
    if line.count("+") >= 2:
        return [read_verifier(line)]
    words = _bytes_of(Path(line)).decode(errors="replace").split()
    return [read_verifier(word) for word in words if word.count("+") >= 2]


def _bytes_of(path: Path, most: int | None = _MOST_CHECKPOINT_BYTES, count: int = -1) -> bytes:
    """The whole file, or its first `count` bytes."""
    try:
        if most is not None and path.stat().st_size > most:
            raise LedgerError(f"{path} is too long: {path.stat().st_size} bytes")
        with path.open("rb") as stream:
            return stream.read(count)
    except OSError as error:
        raise LedgerError(f"{path} cannot be read: {error.strerror}", hint="Check the path and who may read it.") from error
