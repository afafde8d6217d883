"""Makes an order to an outside house: brings genzu and boards, draws lines and masks, packs, and puts the order into the record."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import structlog

from integration.artwork.genzu import Genzu
from integration.artwork.png import png_bytes
from integration.artwork.sheets import BG
from integration.errors import ArtworkError, StorageError
from integration.ledger import people
from integration.ledger.entry import Asset
from integration.orders.manifest import HouseOrder, OrderedBackground, OrderedPart, Shipped
from integration.orders.package import Naming, Packing, namings, zipped
from integration.production import Version
from integration.storage.whole_file import disk_error
from integration.studio import Studio
from integration.workflow import order_book, record
from integration.workflow.ai_notice import read_notice
from integration.workflow.genzu import fetch_genzu, parts_in, registered
from integration.workflow.house_order import HousePlan, Wanted
from integration.workflow.policy_record import record_policy

log = structlog.get_logger(__name__)

Form = Literal["zip", "folder", "both"]
"""How a package leaves."""
_HANDED_OVER = ("genzu", "art_board", "draft")
"""What of a package is somebody's picture; lines and masks are only taken from the genzu."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """One part's genzu, in the store."""

    part: str
    sha256: str
    shared: bool
    """Whether it lies in the BG's file."""


def make_order(studio: Studio, plan: HousePlan, out: Path, *, form: Form, tell: Callable[[str], None]) -> tuple[Path, ...]:
    """Write the package of `plan` into the folder `out` and record the order; the same plan is the same order, recorded once.

    Args:
        studio: where.
        plan: what is ordered.
        out: made where it is missing.
        form: of the package.
        tell: is told each background's code when its turn comes, and ``""`` when all are packed.

    Raises:
        HaikeiError: a file cannot be had or written, or a package of this order is there already.
    """
    folder, archive = out / plan.id, out / f"{plan.id}.zip"
    wanted = [path for path, forms in ((folder, ("folder", "both")), (archive, ("zip", "both"))) if form in forms]
    for path in wanted:
        if path.exists():
            raise StorageError(f"{path} is there already", hint="Move it away, or name another folder with --out.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=out, prefix=".haikei-") as growing:
            packing = Packing(Path(growing) / "package")
            order = _packed(studio, plan, packing, tell)
            if archive in wanted:
                zipped(packing, Path(growing) / archive.name, name=plan.id, day=plan.ordered_on)
            _record(studio, plan, order)
            for path, made in ((folder, packing.folder), (archive, Path(growing) / archive.name)):
                if path in wanted:
                    shutil.move(made, path)
    except OSError as error:
        raise disk_error(error, out) from error
    log.info("order made", order=plan.id, backgrounds=len(order.backgrounds))
    return tuple(wanted)


def _packed(studio: Studio, plan: HousePlan, packing: Packing, tell: Callable[[str], None]) -> HouseOrder:
    sheets = []
    for wanted in plan.wanted:
        tell(wanted.background.code)
        sheets.append(_sheets(studio, wanted))
    named = namings(
        [(w.background.episode, w.background.code, [sheet.part for sheet in own]) for w, own in zip(plan.wanted, sheets, strict=True)]
    )
    backgrounds = []
    for wanted, own, naming in zip(plan.wanted, sheets, named, strict=True):
        tell(wanted.background.code)
        backgrounds.append(_background(studio, plan, packing, wanted, own, naming))
    tell("")
    order = HouseOrder(
        order=plan.id,
        show=plan.project.name,
        house=plan.house.name,
        ordered_on=plan.ordered_on,
        due_on=plan.due_on,
        no_vendor_training=plan.policy.no_vendor_training,
        data=plan.policy.data,
        backgrounds=tuple(backgrounds),
    )
    notice = read_notice(plan.rules) if any(file.what == "draft" for file in order.files) else None
    packing.close(order, notice=notice.text if notice else "")
    return order


def _sheets(studio: Studio, wanted: Wanted) -> list[_Sheet]:
    """Every part's genzu, fetched: those of the BG's file, and BOOKs handed in apart, which come first."""
    ground = fetch_genzu(studio, wanted.genzu).sha256
    inside = {part: _Sheet(part=part, sha256=ground, shared=part != BG) for part in parts_in(studio.storage, ground)}
    apart = {part: _Sheet(part=part, sha256=fetch_genzu(studio, book).sha256, shared=False) for part, book in wanted.books.items()}
    return [*(inside | apart).values()]


def _background(
    studio: Studio, plan: HousePlan, packing: Packing, wanted: Wanted, sheets: list[_Sheet], naming: Naming
) -> OrderedBackground:
    background = wanted.background
    parts = [_part(studio, plan, packing, wanted, sheet, sheets[0].sha256, naming) for sheet in sheets]
    if wanted.board is not None:
        board = _file(studio, packing, "art_board", f"{naming.folder}/art_board", wanted.board)
        parts[0] = parts[0].model_copy(update={"shipped": (*parts[0].shipped, board)})
    return OrderedBackground(
        id=background.id,
        code=background.code[:2000],
        cuts=tuple(shot.code[:2000] for shot in background.shots),
        **{name: getattr(background, name)[:2000] for name in ("episode", "place", "season", "time_of_day", "weather", "light")},
        ai=wanted.ai,
        ai_until=wanted.ai_until,
        parts=tuple(parts),
    )


def _part(studio: Studio, plan: HousePlan, packing: Packing, wanted: Wanted, sheet: _Sheet, ground: str, naming: Naming) -> OrderedPart:
    stem = naming.stems[sheet.part]
    place = f"{naming.folder}/{stem}"
    shipped = [] if sheet.shared else [_stored(studio, packing, "genzu", f"{place}_genzu", sheet.sha256)]
    size, rules = (None, None), plan.rules.orders
    remark = ""
    try:
        genzu = registered(studio.storage, sheet.part, sheet.sha256, beside=ground, width_px=rules.width_px, height_px=rules.height_px)
    except ArtworkError as error:
        remark = error.in_words()[:2000]
    else:
        shipped += _drawn(packing, place, genzu)
        size = (genzu.width_px, genzu.height_px)  # type: ignore[assignment]  # both or none
    for number, sha256 in enumerate(wanted.drafts.get(sheet.part, ()), start=1):
        shipped.append(_stored(studio, packing, "draft", f"{place}_AI_draft_{number}", sha256))
    return OrderedPart(
        part=sheet.part,
        stem=stem,
        formats=rules.formats,
        width_px=size[0],
        height_px=size[1],
        remark=remark,
        shipped=tuple(shipped),
    )


def _drawn(packing: Packing, place: str, genzu: Genzu) -> list[Shipped]:
    """Lines, and those masks that mark something."""
    drawn = [packing.put("line", f"{place}_line", png_bytes(genzu.line))]
    if genzu.cel_mask.any():
        drawn.append(packing.put("cel_mask", f"{place}_cel_mask", png_bytes(genzu.cel_mask)))
    if genzu.shadow_mask.any():
        drawn.append(packing.put("shadow_mask", f"{place}_shadow_mask", png_bytes(genzu.shadow_mask)))
    return drawn


def _file(studio: Studio, packing: Packing, what: Literal["art_board"], name: str, version: Version) -> Shipped:
    return _stored(studio, packing, what, name, fetch_genzu(studio, version).sha256)


def _stored(studio: Studio, packing: Packing, what: Literal["genzu", "art_board", "draft"], name: str, sha256: str) -> Shipped:
    with TemporaryDirectory(prefix="haikei-order-") as folder:
        path = Path(folder) / "file"
        studio.storage.fetch(sha256, path)
        return packing.put(what, name, path)


def _record(studio: Studio, plan: HousePlan, order: HouseOrder) -> None:
    """The order's row and an entry for each picture that is handed over, in one transaction."""
    policy_sha256 = record_policy(studio, plan.policy)
    with studio.engine.begin() as connection:
        ref = people.person_ref(
            connection, show=plan.project.name, person_id=plan.house.id, name=plan.house.name, name_en=plan.house.name_en
        )
        order_book.keep(connection, site=studio.tracker.site, project=plan.project.id, house=ref, kind=plan.house.kind, asked=order)
        for wanted, ordered in zip(plan.wanted, order.backgrounds, strict=True):
            for part in ordered.parts:
                subject = record.Subject(
                    tracker=studio.settings.tracker,
                    site=studio.tracker.site,
                    background=wanted.background,
                    part=part.part,
                    step=plan.rules.background_step,
                    task=wanted.layout.id,
                )
                files = [Asset(sha256=file.sha256, size_bytes=file.size_bytes) for file in part.shipped if file.what in _HANDED_OVER]
                record.ordered(connection, subject, by=plan.by, house=plan.house, order=plan.id, files=files, policy_sha256=policy_sha256)
