"""Signed notes and their Ed25519 keys, as C2SP signed-note and Go's sumdb/note write them."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from integration.errors import LedgerError

MAX_BYTES = 1_000_000
"""Longest note that is read; Go's package has the same bound."""
_ED25519 = b"\x01"
_SKEY = "PRIVATE+KEY+"
_NAME = re.compile(r"[^\s+]{1,200}")
_WRONG_KEY = "A verifier key is one line, such as studio.example/haikei+9a77cf41+AT8n…, as `haikei keys show` prints it."


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name it signs under."""

    name: str
    public: bytes
    """32 bytes."""

    @property
    def key_hash(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @property
    def key_id(self) -> str:
        """The key hash in hex, for people and file names."""
        return self.key_hash.hex()

    @property
    def vkey(self) -> str:
        """One line that outsiders keep."""
        return f"{self.name}+{self.key_id}+{_encoded(_ED25519 + self.public)}"

    def fits(self, text: str, signature: bytes) -> bool:
        """Whether `signature` is this key's over `text`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with the name it signs under."""

    name: str
    seed: bytes = field(repr=False)
    """32 bytes, secret."""

    @property
    def verifier(self) -> Verifier:
        """Its public half."""
        return Verifier(self.name, self._key().public_key().public_bytes_raw())

    @property
    def skey(self) -> str:
        """One secret line, in Go's form."""
        return f"{_SKEY}{self.name}+{self.verifier.key_id}+{_encoded(_ED25519 + self.seed)}"

    def line(self, text: str) -> str:
        """The signature line over `text`."""
        return f"\u2014 {self.name} {_encoded(self.verifier.key_hash + self._key().sign(text.encode()))}\n"

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Note:
    """A text with signatures that were not yet checked."""

    text: str
    """Ends in a newline."""
    signatures: tuple[tuple[str, bytes, bytes], ...]
    """Name, key hash, signature."""

    def signed_by(self, verifier: Verifier) -> bool:
        """Whether one of its signatures is by `verifier`, and right."""
        return any(
            name == verifier.name and key_hash == verifier.key_hash and verifier.fits(self.text, signature)
            for name, key_hash, signature in self.signatures
        )


def new_signer(name: str) -> Signer:
    """A fresh key for `name`.

    Raises:
        LedgerError: the name is empty, or holds white space or a plus sign.
    """
    return Signer(_name(name), Ed25519PrivateKey.generate().private_bytes_raw())


def read_signer(skey: str) -> Signer:
    """The signer whose secret line is `skey`.

    Raises:
        LedgerError: it is none; the message does not quote it.
    """
    try:
        name, key_id, key = skey.strip().removeprefix(_SKEY).split("+", 2)
        signer = Signer(_name(name), _key_bytes(key))
        if skey.strip().startswith(_SKEY) and signer.verifier.key_id == key_id:
            return signer
    except ValueError:
        pass
    raise LedgerError("this is no private key of a record", hint="Put the key file back from where you keep a copy, or rotate the key.")


def read_verifier(vkey: str) -> Verifier:
    """The verifier whose line is `vkey`.

    Raises:
        LedgerError: it is none.
    """
    try:
        name, key_id, key = vkey.strip().split("+", 2)
        verifier = Verifier(_name(name), _key_bytes(key))
        if verifier.key_id == key_id:
            return verifier
    except ValueError:
        pass
    raise LedgerError(f"{vkey[:80]!r} is no verifier key", hint=_WRONG_KEY)


def signed(text: str, *signers: Signer) -> str:
    """`text`, which ends in a newline, as a note signed by `signers`."""
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def read_note(data: bytes) -> Note:
    """The note in `data`, its signatures not yet checked.

    Raises:
        LedgerError: `data` is no signed note.
    """
    wrong = LedgerError("this is no signed note", hint="Give the checkpoint file whole, as it was received.")
    if len(data) > MAX_BYTES:
        raise wrong
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise wrong from error
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not lines.endswith("\n") or any(ord(char) < 0x20 and char != "\n" for char in whole):
        raise wrong
    signatures = []
    for line in lines[:-1].split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014":
            raise wrong
        try:
            signature = base64.b64decode(parts[2], validate=True)
        except (binascii.Error, ValueError) as error:
            raise wrong from error
        signatures.append((parts[1], signature[:4], signature[4:]))
    return Note(text + "\n", tuple(signatures))


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise LedgerError(f"{name!r:.80} cannot name a record", hint="Write it like a web address: studio.example/haikei.")
    return name


def _key_bytes(encoded: str) -> bytes:
    raw = base64.b64decode(encoded, validate=True)
    if len(raw) != 33 or raw[:1] != _ED25519:
        raise ValueError("not an Ed25519 key")
    return raw[1:]


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
