"""A report as it is read, whichever way: titles, tables, pictures and notes. Text, CSV, JSON, PDF and pages are made from this one form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from integration.language import Words
from integration.reports.scope import Scope


class Unit(StrEnum):
    """What a column's whole numbers count."""

    NONE = ""
    """A count, or no number at all."""
    MINUTES = "min"
    MILLISECONDS = "ms"
    PPM = "ppm"
    """Millionths of a whole."""
    WATT_HOURS = "Wh"
    MONEY = "money"
    """Smallest units of the currency in the sheet's `currency`: yen, cents."""
    INDEX = "index"
    """An entry's place in the record, which pages link to."""


UNKNOWN = Words(ja="不明", en="unknown")
"""What nobody told us; never zero."""
NOT_LOGGED = Words(ja="記入なし", en="not logged")
"""Nobody put hours down, which does not mean that nobody worked."""
FEW = Words(ja="3人未満のため非公開", en="fewer than 3 people")
"""Kept silent: somebody's own hours could be told from it."""

Cell = str | int | Words | None
"""Text as the studio wrote it, a whole number of the column's unit, something haikei says; None: does not apply, shown empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    key: str
    """Its name for programs, in CSV and JSON: ``minutes``."""
    title: Words
    unit: Unit = Unit.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A table drawn as bars: one for each row."""

    label: str
    """Key of the column that names a bar."""
    values: tuple[str, ...]
    """Keys of the columns whose whole numbers are its parts, laid end to end; cells that are no numbers draw nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table."""

    key: str
    """Its name for programs: ``hours``."""
    title: Words
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    """Each as long as `columns`."""
    notes: tuple[Words, ...] = ()
    """What must be read with it, below it."""
    bars: Bars | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture, by the digest it is stored under."""

    sha256: str
    caption: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Pictures side by side."""

    key: str
    title: Words
    pictures: tuple[Picture, ...]
    notes: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Lines to read, each a paragraph."""

    key: str
    title: Words
    lines: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The record a report was read from, so that anybody can see later whether it still stands."""

    origin: str
    """The record's name: its key's."""
    size: int
    """How many entries it held."""
    root_sha256: str
    """Merkle root over them, hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One report."""

    report: str
    """Its code: ``credits``, ``labour``, ``disclosure``."""
    title: Words
    scope: Scope
    blocks: tuple[Table | Pictures | Prose, ...]
    warnings: tuple[Words, ...] = ()
    """Why it is not final, and whom to ask; shown first."""
    numbers: Mapping[str, Any] = field(default_factory=dict)
    """What can be worked out from an audit pack alone, in the form its script prints; keys sorted, whole numbers, text, no floats."""
    currency: str = ""
    """Code such as ``JPY`` of the cells in `Unit.MONEY`."""

    @property
    def is_final(self) -> bool:
        """Whether nothing is missing."""
        return not self.warnings
