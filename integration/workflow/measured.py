"""What the record holds of a measured revision: areas, layers and lines, side by side."""

from dataclasses import replace

import sqlalchemy as sa

from integration.artwork.png import png_bytes
from integration.artwork.returned_layers import Returned, ReturnedLayer
from integration.ledger import texts
from integration.ledger.entry import Layer, Measure
from integration.ledger.vocabulary import LayerState
from integration.measure import change as changes
from integration.measure.change import Change
from integration.measure.class_map import coloured_map
from integration.storage.protocol import Storage
from integration.workflow.lineage import Lineage

_NAME = "revision"
_MOST_LAYERS = 100
"""More do not fit into one entry; the largest are named, and that others were left out is among the reasons."""
_LEFT_OUT = "layers_left_out"


def measure_of(connection: sa.Connection, storage: Storage, returned: Returned, lineage: Lineage, change: Change | None) -> Measure:
    """What an entry says of a revision; its map goes into `storage`, the names of its layers behind commitments.

    Args:
        connection: whose transaction this is part of.
        storage: where the map is kept.
        returned: the file's picture and layers.
        lineage: how its draft was found.
        change: what changed from that draft; None when there is none, or the picture cannot be had.
    """
    painted = [layer for layer in returned.layers if layer.pixel_sha256]
    shown = sorted(painted, key=lambda layer: -layer.visible_ppm)[:_MOST_LAYERS]
    reasons = {*returned.reasons, *(change.reasons if change else ()), *((_LEFT_OUT,) if len(shown) < len(painted) else ())}
    measured = Measure(
        name=_NAME,
        version=changes.VERSION,
        params_sha256=changes.params_sha256(),
        lineage=lineage.found_by,
        layers=tuple(_layer(connection, layer) for layer in shown),
        painted_ppm=returned.painted_ppm,
        reasons=tuple(sorted(reasons)),
    )
    if change is None or returned.picture is None:
        return measured
    drawn = png_bytes(coloured_map(change, returned.picture.pixels))
    return _with_areas(measured, change, storage.put(drawn, media_type="image/png").sha256)


def _with_areas(measured: Measure, change: Change, map_sha256: str) -> Measure:
    return replace(
        measured,
        kept_ppm=change.kept_ppm,
        adjusted_ppm=change.adjusted_ppm,
        repainted_ppm=change.repainted_ppm,
        cannot_tell_ppm=change.cannot_tell_ppm,
        repainted_least_ppm=change.repainted_least_ppm,
        repainted_most_ppm=change.repainted_most_ppm,
        layout_kept_ppm=_ppm(change.revision_layout.share if change.revision_layout else None),
        layout_chance_ppm=_ppm(change.revision_layout.chance if change.revision_layout else None),
        draft_layout_kept_ppm=_ppm(change.draft_layout.share if change.draft_layout else None),
        grade_milli_de=round(1000 * change.grade_de),
        scale_ppm=round(1e6 * change.scale),
        shift_x_mpx=round(1000 * change.shift_x_px),
        shift_y_mpx=round(1000 * change.shift_y_px),
        turn_mdeg=round(1000 * change.turn_deg),
        mirrored=change.mirrored,
        outside_ppm=change.outside_ppm,
        map_sha256=map_sha256,
    )


def _layer(connection: sa.Connection, layer: ReturnedLayer) -> Layer:
    return Layer(
        pixel_sha256=layer.pixel_sha256,
        state=LayerState(layer.fate),
        name_commit=texts.commit_text(connection, layer.name),
        area_ppm=layer.visible_ppm,
    )


def _ppm(share: float | None) -> int | None:
    """A share in millionths; a layout kept less than chance would is kept not at all."""
    return None if share is None else max(0, round(1e6 * share))
