"""Which sums of people's work may be told, so that nothing can be worked out of fewer than `FEWEST` people, whatever is asked.

Cell suppression with complements (Hundepool et al., Statistical Disclosure Control, 2012, sections 4.3 and 4.4), made safe against
every subtraction by one rule: what may be told is decided once for a whole show, before anybody asks. The cells of the show (month,
episode, and what is told apart inside) are joined into blocks of at least `FEWEST` people. A report says the sum of those blocks
that lie wholly inside what was asked, and nothing else. Blocks share no cell, so whatever is added up or subtracted of reports is
made of whole blocks, each of `FEWEST` people.

Reports of different days are safe from each other, too: blocks are closed month after month, never opened again, and what is left
over of a month waits for later ones. Two things remain: hours that are changed after their month was told, and people who are erased after it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger import people
from integration.ledger.people import Naming

FEWEST = 3
"""Work of fewer people than this is not told of a group: each could tell the others', or an outsider one person's."""

Path = tuple[str, ...]
"""A cell's place in the tree: its month, ``2026-11``, then what divides it further; all of one tree are as long."""
Crowd = tuple[frozenset[str], ...]
"""The people whom a cell tells of, in each part they have in it: those who painted, those who approved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Cells that are told together or not at all."""

    paths: tuple[Path, ...]
    """In the order in which they were joined."""
    crowd: Crowd

    @property
    def fewest(self) -> int:
        """How many people there are in the part that has the fewest."""
        return min(map(len, self.crowd))

    def with_(self, other: "Block") -> "Block":
        """Both together."""
        joined = tuple(ours | theirs for ours, theirs in zip(self.crowd, other.crowd, strict=True))
        return Block(paths=self.paths + other.paths, crowd=joined)


def blocks_of(crowds: Mapping[Path, Crowd]) -> tuple[Block, ...]:
    """The blocks of a tree of cells, each of at least `FEWEST` people; cells in none of them are not told.

    Cells are joined within their month, the nearest in the tree first; what a month leaves over waits for the months after it.

    Args:
        crowds: for each cell of months that are over, the countable people in it; a cell where nothing was done must not be there.
    """
    closed: list[Block] = []
    waiting: list[Block] = []
    cells = [Block(paths=(path,), crowd=crowds[path]) for path in sorted(crowds)]
    for _, month in groupby(cells, key=lambda cell: cell.paths[0][0]):
        told, rest = _joined(list(month), depth=1)
        joined, waiting = _gathered([*waiting, *rest])
        closed += told + joined
    return tuple(closed)


def countable(connection: Connection | Session, refs: Iterable[str]) -> frozenset[str]:
    """Who of `refs` counts towards `FEWEST`: not somebody unknown or erased, who may be one of the others under another reference."""
    names = people.names(connection, set(refs))
    return frozenset(ref for ref, name in names.items() if ref and name.naming is not Naming.ERASED)


def _joined(cells: Sequence[Block], depth: int) -> tuple[list[Block], list[Block]]:
    """The blocks of one branch, and what is left over, which is only then something when there are no blocks."""
    if depth == len(cells[0].paths[0]):
        told, rest = ([], list(cells)) if cells[0].fewest < FEWEST else (list(cells), [])
        return told, rest
    told, rest = [], []
    for _, branch in groupby(cells, key=lambda cell: cell.paths[0][depth]):
        inner, left = _joined(list(branch), depth + 1)
        told, rest = told + inner, rest + left
    joined, rest = _gathered(rest)
    told += joined
    if told and rest:
        smallest = min(range(len(told)), key=lambda place: (told[place].fewest, told[place].paths))
        told[smallest] = told[smallest].with_(rest[0])
        rest = []
    return told, rest


def _gathered(cells: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """`cells` joined one after the other into blocks that are large enough, and at most one that is not."""
    blocks: list[Block] = []
    pending: Block | None = None
    for cell in cells:
        pending = cell if pending is None else pending.with_(cell)
        if pending.fewest >= FEWEST:
            blocks.append(pending)
            pending = None
    return blocks, [] if pending is None else [pending]
