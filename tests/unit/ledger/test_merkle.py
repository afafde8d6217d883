"""Heads and proofs are those of RFC 6962."""

import hashlib
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from integration.ledger.merkle import EMPTY_ROOT, Growing, inclusion_proof, leaf_hash, node_hash, root_from_inclusion, root_of, subtree

# The leaves and heads that Certificate Transparency's own tests use (github.com/google/certificate-transparency, merkletree).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

leaves = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


def test_heads_are_those_certificate_transparency_computes() -> None:
    hashed = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]

    assert [root_of(hashed[: n + 1]).hex() for n in range(8)] == ROOTS
    assert root_of([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(leaves)
def test_growing_gives_the_head_of_the_definition_at_every_size(hashes: list[bytes]) -> None:
    growing = Growing()

    for size, leaf in enumerate(hashes, start=1):
        growing.add(leaf)

        assert growing.root() == _defined(hashes[:size])
        assert subtree(_nodes(hashes), 0, size) == growing.root()


@given(leaves)
def test_every_leaf_is_proven_and_no_other_leaf_index_or_size_is(hashes: list[bytes]) -> None:
    size = len(hashes)
    root = root_of(hashes)

    for index, leaf in enumerate(hashes):
        proof = inclusion_proof(_nodes(hashes), index, size)

        assert root_from_inclusion(leaf, index, size, proof) == root
        assert root_from_inclusion(leaf_hash(leaf), index, size, proof) != root
        assert root_from_inclusion(leaf, index, size, [*proof, leaf]) is None
        assert size == 1 or root_from_inclusion(leaf, index, size, proof[:-1]) != root
    assert root_from_inclusion(hashes[0], size, size, []) is None


def _defined(hashes: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(_defined(hashes[:split]), _defined(hashes[split:]))


def _nodes(hashes: Sequence[bytes]):
    return lambda height, place: _defined(hashes[place << height : (place + 1) << height])
