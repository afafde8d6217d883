"""RFC 6962 Merkle trees as arithmetic on hashes: heads of a growing list, proofs, and the checks an outsider makes."""

import hashlib
from collections.abc import Callable, Sequence

HASH_BYTES = 32
"""Length of SHA-256."""
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Head of the list of nothing (RFC 6962, section 2.1)."""

Nodes = Callable[[int, int], bytes]
"""Gives the hash of a complete subtree by its height and its place in that height: of leaves ``place << height`` and on."""


def leaf_hash(body: bytes) -> bytes:
    """The hash of one entry's bytes as a leaf."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Growing:
    """The head of a list that grows leaf by leaf: one hash for each set bit of its size."""

    __slots__ = ("peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Put one leaf hash at the end."""
        place = self.size
        while place & 1:
            leaf = hashlib.sha256(b"\x01" + self.peaks.pop() + leaf).digest()
            place >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The head over all leaves so far."""
        return folded(self.peaks)

    def copy(self) -> "Growing":
        """One that grows apart from this."""
        twin = Growing()
        twin.size, twin.peaks = self.size, list(self.peaks)
        return twin


def folded(peaks: Sequence[bytes]) -> bytes:
    """The head over complete subtrees that stand side by side, the largest first."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The head over leaf hashes."""
    growing = Growing()
    for leaf in leaves:
        growing.add(leaf)
    return growing.root()


def subtree(nodes: Nodes, first: int, end: int) -> bytes:
    """The hash over leaves `first` to `end` - 1, a range RFC 6962 splits a list into."""
    if first == end:
        return EMPTY_ROOT
    peaks = []
    while first < end:
        height = (end - first).bit_length() - 1
        peaks.append(nodes(height, first >> height))
        first += 1 << height
    return folded(peaks)


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The hashes that tie leaf `index` to the head at `size` (RFC 6962, section 2.1.1).

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    first, end, proof = 0, size, []
    while end - first > 1:
        split = first + _split(end - first)
        if index < split:
            proof.append(subtree(nodes, split, end))
            end = split
        else:
            proof.append(subtree(nodes, first, split))
            first = split
    return proof[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The head at `size` that `proof` leads to from `leaf` (RFC 9162, section 2.1.3.2); None when the proof has the wrong length."""
    if not 0 <= index < size:
        return None
    place, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = node_hash(sibling, root)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)
