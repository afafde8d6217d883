"""Takes in what an outside house handed back: each file that was asked for becomes a Version in the house's name, once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import sqlalchemy as sa
import structlog

from integration.errors import ArtworkError, LedgerError
from integration.ledger.entry import Asset, milliseconds
from integration.orders.check import Looked, Match, Matched, look_at, matched
from integration.orders.declaration import LARGEST_BYTES, NAMES, Declared, read_declaration
from integration.orders.file_names import folded
from integration.orders.manifest import LARGEST_BYTES as LONGEST_MANIFEST
from integration.orders.manifest import OrderedBackground, OrderedPart, read_manifest
from integration.orders.package import MANIFEST
from integration.orders.parcel import ParcelFile, opened_parcel
from integration.production import Background, BackgroundId, Person, ProjectId, VersionId
from integration.provenance.opening import read_roots
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.tracker.protocol import DraftVersion
from integration.workflow import looked_through, order_book, record, rounds
from integration.workflow.house_order import OUTSIDE
from integration.workflow.order_book import Ordered
from integration.workflow.revision import RECEIVED, measure_later
from integration.workflow.summary import summarise_later
from integration.workflow.withdrawal import subject_of

log = structlog.get_logger(__name__)

_LONGEST_PATH = 300


class Fate(StrEnum):
    """What becomes of a file."""

    TAKEN = "taken"
    """It is a Version now."""
    TAKEABLE = "would be taken"
    """A rehearsal only looked."""
    KNOWN = "taken before"
    NOT_TAKEN = "not taken"
    """What is wrong with it stands beside it."""
    FORM = "form"
    EXTRA = "not asked for"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One file."""

    path: str
    """Within what was handed back; untrusted text."""
    stem: str
    """Of the picture it is, empty when it is none."""
    fate: Fate
    said: str
    """What is wrong or odd about it; empty when nothing is."""
    ai: str = ""
    """What is declared of AI and what its file says; empty where it is no picture."""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came of a whole return."""

    order: Ordered
    outcomes: tuple[Outcome, ...]
    missing: tuple[str, ...]
    """Stems of the pictures of which nothing usable came, now or before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Return:
    """A return while it is worked through."""

    studio: Studio
    order: Ordered
    house: Person | None
    declared: Mapping[str, Declared]
    """By folded stem, without a correction's ``_v02`` and with it."""
    any_size: bool
    dry_run: bool


def receive(
    studio: Studio, path: Path, *, order: str = "", any_size: bool = False, dry_run: bool = False, tell: Callable[[str], None]
) -> Receipt:
    """Take in the folder or zip at `path`; a second time nothing new is written.

    Args:
        studio: where.
        path: what was handed back.
        order: id of the order; empty: told by the manifest in it, or by the files' names.
        any_size: take pictures of another size than was asked for, too.
        dry_run: look, and write nothing.
        tell: is told each file's name when its turn comes.

    Raises:
        ArtworkError: it cannot be opened safely.
        LedgerError: which order it belongs to cannot be told.
        TrackerError, StorageError: a file cannot be delivered or kept; what was taken stays, and a second try goes on.
    """
    with opened_parcel(path) as files, TemporaryDirectory(prefix="haikei-return-") as folder:
        place = Path(folder) / "file"
        with studio.engine.connect() as connection:
            found = _order_of(connection, files, order, place)
            house = order_book.house_of(connection, found)
        if found.site != studio.tracker.site:
            raise LedgerError(f"order {found.id} is of another tracker, {found.site}", hint="Give the settings it was made with.")
        work = _Return(studio=studio, order=found, house=house, declared=_declared(files, place), any_size=any_size, dry_run=dry_run)
        outcomes = []
        for match in matched(found.asked, files):
            tell(match.file.name)
            outcomes.append(_outcome(work, match, place))
    taken = {each.stem for each in outcomes if each.fate in (Fate.TAKEN, Fate.TAKEABLE, Fate.KNOWN)} | {*found.returned}
    missing = tuple(part.stem for _, part in found.asked.parts if part.stem not in taken)
    return Receipt(order=found, outcomes=tuple(outcomes), missing=missing)


def _order_of(connection: sa.Connection, files: Sequence[ParcelFile], named: str, place: Path) -> Ordered:
    if named:
        return order_book.find(connection, named)
    for file in files:
        if file.name == MANIFEST and not file.refused and file.size_bytes <= LONGEST_MANIFEST:
            try:
                file.fetch(place)
                return order_book.find(connection, read_manifest(place.read_bytes()).order)
            except (ArtworkError, LedgerError) as error:
                log.info("manifest not used", why=str(error))
    fitting = [each for each in order_book.every(connection) if any(match.what is Matched.PICTURE for match in matched(each.asked, files))]
    if len(fitting) != 1:
        which = ", ".join(each.id for each in fitting)
        raise LedgerError(
            f"which order is it? {f'These have such files: {which}' if fitting else 'None has files of these names'}",
            hint="Name it with --order; `haikei orders` lists them.",
        )
    return fitting[0]


def _declared(files: Sequence[ParcelFile], place: Path) -> dict[str, Declared]:
    """What the declarations in the return say; one that cannot be read says nothing."""
    said: dict[str, Declared] = {}
    for file in files:
        if folded(file.name) in NAMES and not file.refused and file.size_bytes <= LARGEST_BYTES:
            try:
                file.fetch(place)
                said |= read_declaration(folded(file.name), place.read_bytes())
            except ArtworkError as error:
                log.warning("declaration not read", why=str(error))
    return said


def _outcome(work: _Return, match: Match, place: Path) -> Outcome:
    told = {"path": match.file.path[:_LONGEST_PATH], "said": match.remark, "stem": match.part.stem if match.part else ""}
    if match.what is not Matched.PICTURE or match.part is None:
        return Outcome(**told, fate=Fate.FORM if match.what is Matched.FORM else Fate.EXTRA)
    if match.remark:
        return Outcome(**told, fate=Fate.NOT_TAKEN)
    try:
        match.file.fetch(place)
    except ArtworkError as error:
        return Outcome(**told | {"said": str(error)}, fate=Fate.NOT_TAKEN)
    looked = look_at(place, match.file, match.part, work.order.asked, roots=read_roots(work.studio.settings.credentials))
    declared = _of_file(work.declared, match.file.name, match.part)
    told |= {"said": "; ".join((*looked.problems, *filter(None, (looked.other_size,)))), "ai": _ai_words(looked, declared)}
    if looked.problems or (looked.other_size and not work.any_size):
        return Outcome(**told, fate=Fate.NOT_TAKEN)
    with work.studio.engine.connect() as connection:
        known = order_book.version_of(connection, order=work.order.id, stem=match.part.stem, sha256=looked.sha256)
    if known is not None:
        return Outcome(**told, fate=Fate.KNOWN, version=known)
    if work.dry_run:
        return Outcome(**told, fate=Fate.TAKEABLE)
    return Outcome(**told, fate=Fate.TAKEN, version=_publish(work, match.part, match.file, looked, declared, place))


def _of_file(declared: Mapping[str, Declared], name: str, part: OrderedPart) -> Declared | None:
    """What is declared of a file: by its own name, or by its picture's."""
    own, stem = folded(name), folded(part.stem)
    names = (own, PurePosixPath(own).stem, stem, *(f"{stem}.{suffix}" for suffix in part.formats))
    return next((declared[each] for each in names if each in declared), None)


def _ai_words(looked: Looked, declared: Declared | None) -> str:
    said = "not declared" if declared is None else "declared: none" if not declared.ai else f"declared: {declared.tool or 'yes'}"
    found = ", ".join(dict.fromkeys(each.tool or each.what for each in looked.of_ai))
    return f"{said}; its file names {found}" if found else said


def _publish(work: _Return, part: OrderedPart, file: ParcelFile, looked: Looked, declared: Declared | None, place: Path) -> str:
    """Keep the file, deliver it and record it; returns its Version. Each step looks before it acts."""
    studio, order = work.studio, work.order
    asked = next(background for background, each in order.asked.parts if each.stem == part.stem)
    background = studio.tracker.background(BackgroundId(asked.id))
    rules = studio.projects.get(ProjectId(order.project), ProjectSettings())
    studio.storage.put_file(place, media_type=looked.media_type)
    task = studio.tracker.open_task(
        background,
        step=rules.background_step,
        name=rules.review_task,
        status=rules.waiting_status,
        assignees=(),
        key=f"review:{studio.tracker.site}:{background.id}",
    )
    name = _version_name(part, file)
    known_to_tracker = work.house is not None and not work.house.id.startswith(OUTSIDE)
    version = DraftVersion(
        project=ProjectId(order.project),
        background=background.id,
        task=task.id,
        name=name,
        description=_description(work, looked, declared),
        status=rules.orders.received_status,
        version_type="",
        by=work.house.id if work.house and known_to_tracker else None,
        declares_ai=bool(declared and declared.ai),
    )
    made = studio.tracker.create_version(version, key=f"{RECEIVED}{order.id}:{looked.sha256}")
    studio.tracker.upload_picture(made, place, name=f"{name}{PurePosixPath(file.name).suffix.lower()}")
    _record(work, asked, part, background, task.id, looked, declared, made)
    log.info("revision received", order=order.id, stem=part.stem, version=made)
    return made


def _version_name(part: OrderedPart, file: ParcelFile) -> str:
    """``ep01_c001_BG_v02``: our own name, with the correction's number where theirs has one."""
    correction = re.search(r"[_-]v\d{1,3}$", PurePosixPath(folded(file.name)).stem)
    return part.stem + (correction[0] if correction and not folded(part.stem).endswith(correction[0]) else "")


def _description(work: _Return, looked: Looked, declared: Declared | None) -> str:
    house = work.house.name if work.house else "a house whose name was erased"
    ai = "nothing was declared about AI" if declared is None else "AI declared: " + (declared.tool or "yes" if declared.ai else "none")
    return f"Handed back by {house} for order {work.order.id}; {ai}. File {looked.sha256[:12]}."


def _record(
    work: _Return,
    asked: OrderedBackground,
    part: OrderedPart,
    background: Background,
    task: str,
    looked: Looked,
    declared: Declared | None,
    made: VersionId,
) -> None:
    """The revision and what is declared of it, what its file says, and the order's own row, the last of all."""
    studio = work.studio
    subject = _subject(studio, asked, part, background, task)
    revision = Asset(
        sha256=looked.sha256,
        pixel_sha256=looked.pixel_sha256,
        media_type=looked.media_type,
        size_bytes=looked.size_bytes,
        width_px=looked.width_px,
        height_px=looked.height_px,
    )
    with studio.engine.begin() as connection:
        record.revision_submitted(
            connection,
            subject,
            by=work.house,
            revision=revision,
            version=made,
            at_ms=milliseconds(datetime.now(UTC)),
            words="" if declared is None or declared.ai else "The house declares that no AI was used.",
        )
        if declared and declared.ai:
            record.ai_declared(connection, subject, by=work.house, tool=declared.tool, revision=revision, version=made)
    looked_through.conclude(studio, studio.tracker.version(made), looked.sha256, looked.findings, house=work.house)
    with studio.engine.begin() as connection:
        order_book.keep_received(connection, order=work.order.id, stem=part.stem, sha256=looked.sha256, version=made)
        measure_later(studio, connection, background.id, subject.part, event=f"{RECEIVED}{work.order.id}")
        summarise_later(studio, connection, background)


def _subject(studio: Studio, asked: OrderedBackground, part: OrderedPart, background: Background, task: str) -> record.Subject:
    """The part's round where it has one, else the part alone."""
    with studio.engine.connect() as connection:
        newest = rounds.latest(connection, site=studio.tracker.site, background=asked.id, part=part.part)
    if newest is not None:
        return subject_of(studio, newest, background)
    rules = studio.projects.get(background.project.id, ProjectSettings())
    return record.Subject(
        tracker=studio.settings.tracker,
        site=studio.tracker.site,
        background=background,
        part=part.part,
        step=rules.background_step,
        task=task,
    )
