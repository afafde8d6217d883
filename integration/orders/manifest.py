"""``order.json``: what an order asks for and holds, for programs; version 1."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from integration.errors import ArtworkError

LARGEST_BYTES = 4_000_000
"""Longest manifest that is read."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
OrderId = Annotated[str, Field(pattern=r"^[0-9]{8}-[0-9a-f]{8}$")]
"""The day it was made, and a hash of what it asks for."""
Format = Literal["psd", "png", "tif", "jpg"]
"""A suffix files may be handed back with."""
Words = Annotated[str, Field(max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=500)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Shipped(_Part):
    """One file in the package."""

    what: Literal["genzu", "line", "cel_mask", "shadow_mask", "art_board", "draft"]
    name: Name
    """Its path in the package, with ``/``."""
    sha256: Sha256
    size_bytes: Annotated[int, Field(ge=0)]


class OrderedPart(_Part):
    """One picture that is asked for: the BG, or a BOOK."""

    part: Name
    stem: Name
    """How its file is called when it is handed back, without the suffix."""
    formats: tuple[Format, ...]
    """Suffixes it may have, the best liked first."""
    width_px: int | None
    """Of what is inside the frame; None where the frame could not be measured."""
    height_px: int | None
    remark: Words = ""
    """Why lines and masks are missing; empty when they are there."""
    shipped: tuple[Shipped, ...]


class OrderedBackground(_Part):
    """One background."""

    id: Name
    """``Shot:1024``, as it is known to who ordered it."""
    code: Words
    cuts: tuple[Words, ...]
    episode: Words
    place: Words
    season: Words
    time_of_day: Words
    weather: Words
    light: Words
    ai: Literal["none", "draft", "final"]
    """What AI may be used for: nothing, drafts that a person paints over, or final pictures, too."""
    ai_until: date | None
    """Last day it may."""
    parts: tuple[OrderedPart, ...]


class HouseOrder(_Part):
    """A whole order."""

    format: Literal["haikei-order"] = "haikei-order"
    version: Literal[1] = 1
    order: OrderId
    show: Words
    house: Words
    ordered_on: date
    due_on: date
    no_vendor_training: bool
    """Whether tools are refused whose makers may train on the studio's pictures."""
    data: Literal["any", "disclosed", "licensed"]
    """How well the training data of tools must be known."""
    backgrounds: tuple[OrderedBackground, ...]

    @property
    def parts(self) -> Iterator[tuple[OrderedBackground, OrderedPart]]:
        """Every picture that is asked for, with its background, in order."""
        return ((background, part) for background in self.backgrounds for part in background.parts)

    @property
    def files(self) -> Iterator[Shipped]:
        """Every picture that was sent along."""
        return (file for _, part in self.parts for file in part.shipped)


def manifest_bytes(order: HouseOrder) -> bytes:
    """`order` as the file; the same order is the same bytes."""
    return f"{order.model_dump_json(indent=2)}\n".encode()


def read_manifest(data: bytes) -> HouseOrder:
    """The order in a file from anybody.

    Raises:
        ArtworkError: it is no manifest of a version that is known.
    """
    try:
        if len(data) > LARGEST_BYTES:
            raise ValueError("it is too long")
        return HouseOrder.model_validate_json(data)
    except (ValidationError, ValueError, RecursionError) as error:
        raise ArtworkError("order.json cannot be read", hint="Name the order with --order.") from error
