"""The quality gate: every painted picture is measured before delivery, one after another, with what the genzu asked for."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from integration.artwork.checked_image import open_checked
from integration.measure.likeness import thumbnail
from integration.measure.picture import Colour, Grey
from integration.measure.quality import Fault, Figures, faults_of, figures_of
from integration.storage.protocol import Storage
from render_service.contract import Picture, RenderRequest, RenderResult, Scene

_DARK = re.compile(r"\b(midnight|night|moonlit|moonlight|dark|cave|tunnel|underground)\b|夜|闇|暗|洞窟|トンネル|地下", re.IGNORECASE)
"""Words with which a shot asks for a dark picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the gate says of one picture."""

    faults: tuple[Fault, ...]
    """Empty for a good one."""
    figures: Figures

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Verdict":
        """The verdict that `judge` wrote as plain data."""
        return cls(faults=tuple(map(Fault, data["faults"])), figures=Figures(**data["figures"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """One picture of a round, with what made it and what the gate says of it."""

    number: int
    """Its place in the round, from 0."""
    painting: int
    """1, or 2 for one that took a bad one's place."""
    picture: Picture
    request: RenderRequest
    result: RenderResult
    verdict: Verdict
    least_layout_kept: float
    """The show's limit it was judged by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """A round's pictures after the gate."""

    delivered: tuple[Painted, ...] = ()
    """In the round's order; with faults where the show has bad ones flagged."""
    withheld: tuple[Painted, ...] = ()
    """Still bad when painted again, and not delivered."""
    replaced: tuple[Painted, ...] = ()
    """Bad, and painted once more."""


def painted(
    request: RenderRequest,
    result: RenderResult,
    verdicts: Sequence[dict[str, Any]],
    *,
    numbers: Sequence[int],
    painting: int,
    least_layout_kept: float,
) -> list[Painted]:
    """The result's pictures with their places in the round and their verdicts from `judge`."""
    return [
        Painted(
            number=number,
            painting=painting,
            picture=picture,
            request=request,
            result=result,
            verdict=Verdict.from_json(verdict),
            least_layout_kept=least_layout_kept,
        )
        for number, picture, verdict in zip(numbers, result.pictures, verdicts, strict=True)
    ]


def judge(
    storage: Storage, request: RenderRequest, pictures: Sequence[Picture], *, beside: Sequence[Picture] = (), least_layout_kept: float
) -> list[dict[str, Any]]:
    """A `Verdict` for each of `pictures` as plain data; holds one picture at a time.

    Args:
        storage: where pictures, lines and mask are kept.
        request: what was asked.
        pictures: those to judge; each is also compared with those before it.
        beside: pictures of the round that are good already; compared with, too.
        least_layout_kept: see `faults_of`.

    Raises:
        StorageError: one of them cannot be had.
        ArtworkError: one of them is no picture.
    """
    line, mask = _grey(storage, request.line_sha256), _grey(storage, request.mask_sha256) if request.mask_sha256 else None
    dark, verdicts = dark_is_meant(request.scene), []
    earlier = [thumbnail(_pixels(storage, picture.sha256)) for picture in beside]
    for picture in pictures:
        pixels = _pixels(storage, picture.sha256)
        thumb = thumbnail(pixels)
        figures = figures_of(pixels, line, mask, thumb=thumb, earlier=earlier)
        faults = faults_of(figures, dark_is_meant=dark, least_layout_kept=least_layout_kept)
        verdicts.append({"faults": [fault.value for fault in faults], "figures": asdict(figures)})
        earlier.append(thumb)
    return verdicts


def dark_is_meant(scene: Scene) -> bool:
    """Whether the shot's words ask for a night or a dark place."""
    return any(_DARK.search(word) for word in scene.fields().values())


def _pixels(storage: Storage, sha256: str) -> Colour:
    return open_checked(storage.get(sha256)).pixels


def _grey(storage: Storage, sha256: str) -> Grey:
    return np.ascontiguousarray(_pixels(storage, sha256)[..., 0])
