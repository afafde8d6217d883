"""The layered file that goes with a round's drafts: genzu, cel area, the drafts of every part that stands, and room to paint."""

import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from PIL import Image

from integration.artwork.book_outline import book_outline
from integration.artwork.checked_image import open_checked
from integration.artwork.genzu import Grey
from integration.artwork.handoff import HandOff, LayerKind, PartSheet, ShippedLayer
from integration.artwork.ora_writing import write_ora
from integration.artwork.psd_writing import write_psd
from integration.artwork.sheets import BG
from integration.database import shipped_layers
from integration.ledger.entry import Asset, Layer, Measure, Parent
from integration.ledger.vocabulary import LayerState, Relation
from integration.settings import ProjectSettings
from integration.storage.protocol import Storage
from integration.studio import Studio
from integration.workflow import rounds
from integration.workflow.record import Subject, layers_shipped
from integration.workflow.rounds import DraftState, Round

_WRITERS: dict[str, tuple[str, Callable[[HandOff, Path], tuple[ShippedLayer, ...]]]] = {
    "psd": ("image/vnd.adobe.photoshop", write_psd),
    "ora": ("image/openraster", write_ora),
}
_NAME, _VERSION = "layers", 1
"""Of the list of layers, as entries name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """One layer that was handed to an artist."""

    layer: ShippedLayer
    picture_sha256: str
    """Of the painted picture, where the layer is a draft; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drafted:
    """One part with its painted pictures."""

    round: Round
    pictures: tuple[str, ...]


def build_handoff(studio: Studio, draft: Round, rules: ProjectSettings, pictures: Sequence[str]) -> list[dict[str, Any]]:
    """Write the round's layered files into the store; what each is called and holds, as plain data.

    Args:
        studio: where.
        draft: the round; drafts of the background's other parts that stand go into the file, too.
        rules: the show's settings, which name the formats.
        pictures: SHA-256 of the round's painted pictures, in order.
    """
    if not rules.handoff:
        return []
    parts = _standing(studio, draft) | {draft.part: _Drafted(round=draft, pictures=tuple(pictures))}
    order = sorted(parts, key=lambda part: (part != BG, part))
    sheets = {part: sheet for part in order if (sheet := _sheet(studio, parts[part]))}
    if draft.part not in sheets:
        return []
    fitting = tuple(each for each in sheets.values() if each.line.shape == sheets[draft.part].line.shape)
    painted = {(part, place): sha256 for part in order for place, sha256 in enumerate(parts[part].pictures)}
    name = f"{draft.code}_{draft.part}_r{draft.round}"
    return [_written(studio.storage, kind, HandOff(parts=fitting), name, painted) for kind in rules.handoff]


def record_handoff(connection: sa.Connection, subject: Subject, file: dict[str, Any]) -> None:
    """Record what `build_handoff` wrote, and remember its layers."""
    layers = [Shipped(layer=ShippedLayer(**each["layer"]), picture_sha256=each["picture_sha256"]) for each in file["layers"]]
    told = [Layer(pixel_sha256=each.layer.pixel_sha256, state=LayerState.SHIPPED) for each in layers if each.layer.pixel_sha256]
    layers_shipped(
        connection,
        subject,
        asset=Asset(sha256=file["sha256"], media_type=file["media_type"], size_bytes=file["size_bytes"]),
        parents=tuple(Parent(sha256=each.picture_sha256, relation=Relation.COMPONENT_OF) for each in layers if each.picture_sha256),
        measure=Measure(name=_NAME, version=_VERSION, layers=tuple(told)),
    )
    place = {"site": subject.site, "background": subject.background.id, "file_sha256": file["sha256"]}
    known = sa.and_(*(shipped_layers.c[name] == value for name, value in place.items()))
    connection.execute(shipped_layers.delete().where(known))
    rows = [{**place, "place": n, **asdict(each.layer), "picture_sha256": each.picture_sha256} for n, each in enumerate(layers)]
    connection.execute(shipped_layers.insert(), rows)


def shipped_on(connection: sa.Connection, *, site: str, background: str) -> list[Shipped]:
    """Every layer that was handed out for a background."""
    columns = shipped_layers.c
    rows = connection.execute(
        sa.select(shipped_layers)
        .where((columns.site == site) & (columns.background == background))
        .order_by(columns.file_sha256, columns.place)
    )
    return [
        Shipped(
            layer=ShippedLayer(
                name=row.name,
                kind=LayerKind(row.kind),
                part=row.part,
                pixel_sha256=row.pixel_sha256,
                left_px=row.left_px,
                top_px=row.top_px,
                draft=row.draft,
            ),
            picture_sha256=row.picture_sha256,
        )
        for row in rows
    ]


def lines_of(studio: Studio, key: str) -> tuple[Grey, Grey | None] | None:
    """The registered lines of a round's genzu and its cel mask; None where they were not kept."""
    with studio.engine.connect() as connection:
        sheet = rounds.sheet_of(connection, key)
    if sheet is None:
        return None
    line, mask = sheet
    return _grey(studio.storage, line), _grey(studio.storage, mask) if mask else None


def _standing(studio: Studio, draft: Round) -> dict[str, _Drafted]:
    """The background's other parts whose drafts are delivered and still wanted."""
    with studio.engine.connect() as connection:
        newest = rounds.on_background(connection, site=draft.site, background=draft.background)
        return {
            each.part: _Drafted(round=each, pictures=tuple(picture.sha256 for picture in rounds.pictures_of(connection, each.key)))
            for each in newest
            if each.part != draft.part and each.wanted and each.state is DraftState.DELIVERED
        }


def _sheet(studio: Studio, drafted: _Drafted) -> PartSheet | None:
    lines = lines_of(studio, drafted.round.key)
    if lines is None:
        return None
    line, mask = lines
    pictures = tuple(open_checked(studio.storage.get(sha256)).pixels for sha256 in drafted.pictures)
    outline = None if drafted.round.part == BG else book_outline(line)
    if outline is not None:
        pictures = tuple(np.dstack((picture, outline)) for picture in pictures)
    return PartSheet(part=drafted.round.part, line=line, cel_mask=mask, drafts=pictures)


def _written(storage: Storage, kind: str, handoff: HandOff, name: str, painted: dict[tuple[str, int], str]) -> dict[str, Any]:
    media_type, write = _WRITERS[kind]
    with tempfile.TemporaryDirectory(prefix="haikei-layers-") as folder:
        path = Path(folder) / "layers"
        shipped = write(handoff, path)
        media = storage.put_file(path, media_type=media_type)
    layers = [{"layer": asdict(each), "picture_sha256": "" if each.draft is None else painted[each.part, each.draft]} for each in shipped]
    return {"name": f"{name}.{kind}", "sha256": media.sha256, "size_bytes": media.size_bytes, "media_type": media_type, "layers": layers}


def _grey(storage: Storage, sha256: str) -> Grey:
    with Image.open(io.BytesIO(storage.get(sha256)), formats=("PNG",)) as picture:
        return np.asarray(picture.convert("L"), dtype=np.uint8)
