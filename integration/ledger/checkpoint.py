"""Checkpoints (C2SP tlog-checkpoint) and tlog-proofs (C2SP tlog-proof): the head of the record at a size, and one entry's tie to it."""

import base64
import binascii
from dataclasses import dataclass

from integration.errors import LedgerError
from integration.ledger.merkle import HASH_BYTES, leaf_hash, root_from_inclusion
from integration.ledger.note import Note, Signer, read_note, signed

_PROOF = "c2sp.org/tlog-proof@v1"
_MAX_PROOF = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """What a checkpoint says; whether it was signed by whom it should be is asked of `note`."""

    origin: str
    """The record's name."""
    size: int
    """How many entries it covers: those before this index."""
    root: bytes
    """32 bytes."""
    note: Note
    data: bytes
    """The checkpoint as it was received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProof:
    """A tlog-proof: leads from one entry to a checkpoint."""

    index: int
    path: tuple[bytes, ...]
    head: SignedHead

    def fits(self, body: bytes) -> bool:
        """Whether the entry with these bytes stands at `index` under the head."""
        return root_from_inclusion(leaf_hash(body), self.index, self.head.size, self.path) == self.head.root


def write_checkpoint(signer: Signer, size: int, root: bytes) -> bytes:
    """The checkpoint over `size` entries with head `root`."""
    return signed(f"{signer.name}\n{size}\n{_encoded(root)}\n", signer).encode()


def read_checkpoint(data: bytes) -> SignedHead:
    """What the checkpoint `data` says.

    Raises:
        LedgerError: it is none.
    """
    note = read_note(data)
    lines = note.text.split("\n")
    try:
        origin, size, root = lines[0], _number(lines[1]), base64.b64decode(lines[2], validate=True)
    except (IndexError, ValueError) as error:
        raise LedgerError("this signed note is no checkpoint", hint="Give a checkpoint file, as it was received.") from error
    if not origin or len(root) != HASH_BYTES:
        raise LedgerError("this signed note is no checkpoint", hint="Give a checkpoint file, as it was received.")
    return SignedHead(origin=origin, size=size, root=root, note=note, data=data)


def write_proof(index: int, path: list[bytes], checkpoint: bytes) -> bytes:
    """The tlog-proof of the entry at `index`."""
    lines = [_PROOF, f"index {index}", *map(_encoded, path), ""]
    return ("\n".join(lines) + "\n").encode() + checkpoint


def read_proof(data: bytes) -> EntryProof:
    """The tlog-proof in `data`.

    Raises:
        LedgerError: it is none.
    """
    text, _, checkpoint = data[: 1 << 20].partition(b"\n\n")
    try:
        lines = text.decode().split("\n")
        if lines[0] != _PROOF:
            raise ValueError("another format")
        lines = [line for line in lines[1:] if not line.startswith("extra ")]
        path = tuple(base64.b64decode(line, validate=True) for line in lines[1:])
        if len(path) > _MAX_PROOF or any(len(each) != HASH_BYTES for each in path):
            raise ValueError("no hashes")
        index = _number(lines[0].removeprefix("index "))
    except (IndexError, ValueError, binascii.Error) as error:
        raise LedgerError("this is no tlog-proof", hint="Give a .tlog-proof file whole, as it was received.") from error
    return EntryProof(index=index, path=path, head=read_checkpoint(checkpoint))


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or (text != "0" and text[0] == "0") or int(text[:20]) >= 2**63 or len(text) > 19:
        raise ValueError("no number")
    return int(text)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
