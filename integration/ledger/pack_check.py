"""Checks an audit pack from nothing but its files and what the reader kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from integration.errors import LedgerError
from integration.ledger import keys
from integration.ledger.canonical import parse
from integration.ledger.checkpoint import SignedHead, read_checkpoint, read_proof
from integration.ledger.entry import Entry
from integration.ledger.keys import Handover, Keyring
from integration.ledger.merkle import HASH_BYTES, Growing, leaf_hash, root_of
from integration.ledger.note import Verifier, read_verifier
from integration.ledger.pack import entry_name, hours_csv, pictures_csv, proof_name
from integration.ledger.pack_reading import PackReading
from integration.ledger.recompute import scripts
from integration.ledger.tiles import WIDTH, paths, split, tile_path
from integration.ledger.timestamp import read_stamp
from integration.ledger.verdict import Claim, Finding, Measured, Standing, handover_claim, judged, spans, stored_claim


@dataclass(slots=True)
class PackCheck:
    """What the check of a pack found."""

    entries: list[tuple[int, Entry]] = field(default_factory=list)
    """The entries that stand where the pack says."""
    findings: list[Finding] = field(default_factory=list)
    """Everything in words."""

    @property
    def holds(self) -> bool:
        """Whether nothing is broken."""
        return all(finding.standing is not Standing.BROKEN for finding in self.findings)

    def tell(self, standing: Standing, words: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(standing, words))


def check_pack(
    pack: PackReading, *, kept: Sequence[tuple[str, bytes]] = (), known: Sequence[Verifier] = (), roots: Sequence[bytes] = ()
) -> PackCheck:
    """Check every file of `pack`.

    Args:
        pack: from anybody.
        kept: checkpoints the reader kept, with where they lie.
        known: public keys the reader was given; without any the pack's own are believed, and that is said.
        roots: certificates of timestamp authorities in PEM.
    """
    check = PackCheck()
    keyring, statements = _keyring(pack, check, known)
    head = _head(pack, check)
    if head is not None:
        leaves = _leaves(pack, check, head.size)
        claims = _claims(pack, check, keyring, statements, kept)
        check.findings += judged(claims, _measured(leaves, {claim.size for claim in claims}))
        if leaves:
            _check_entries(pack, check, head, leaves)
        _check_stamps(pack, check, roots)
    _check_script(pack, check)
    for name in ("README.txt", "names.csv", "people.csv"):  # they prove nothing, but must be whole
        pack.read(name)
    for words in pack.strange:
        check.tell(Standing.BROKEN, f"In the pack, {words}.")
    return check


def _keyring(pack: PackReading, check: PackCheck, known: Sequence[Verifier]) -> tuple[Keyring, list[Handover]]:
    statements, own = [], []
    try:
        statements = [keys.read_handover(pack.read(name) or b"") for name in pack.under("keys/")]
        own = [read_verifier(line) for line in (pack.read("vkeys") or b"").decode().splitlines()[:1000]]
    except (LedgerError, UnicodeDecodeError) as error:
        check.tell(Standing.BROKEN, f"The keys in the pack are damaged: {error}.")
    if not known:
        ids = ", ".join(verifier.key_id for verifier in own) or "none"
        check.tell(Standing.OPEN, f"The key was read from the pack itself ({ids}): give the one the studio gave you with --vkey.")
    return keys.keyring(known or own, statements), statements


def _head(pack: PackReading, check: PackCheck) -> SignedHead | None:
    try:
        return read_checkpoint(pack.read("checkpoint") or b"")
    except LedgerError as error:
        check.tell(Standing.BROKEN, f"The pack's checkpoint: {error}.")
        return None


def _leaves(pack: PackReading, check: PackCheck, size: int) -> list[bytes]:
    """The leaf hashes of the whole record; empty when a tile is missing or does not fit those under it."""
    if size > len(pack.known) * WIDTH:
        check.tell(Standing.BROKEN, f"The pack lacks tiles: its checkpoint speaks of {size} entries.")
        return []
    levels: dict[int, list[bytes]] = {}
    for level, n, width in paths(size):
        name = tile_path(level, n, width)
        data = pack.read(name)
        under = levels[level - 1] if level else []
        made = [root_of(under[first * WIDTH : (first + 1) * WIDTH]) for first in range(n * WIDTH, n * WIDTH + width)] if level else None
        if data is None or len(data) != width * HASH_BYTES or (made is not None and split(data) != made):
            check.tell(Standing.BROKEN, f"{name} is missing or does not fit the tiles under it.")
            return []
        levels.setdefault(level, []).extend(split(data))
    return levels.get(0, [])


def _claims(
    pack: PackReading, check: PackCheck, keyring: Keyring, statements: Sequence[Handover], kept: Sequence[tuple[str, bytes]]
) -> list[Claim]:
    found = [stored_claim(data, keyring, source) for source, data in kept]
    names = ["checkpoint", *pack.under("checkpoints/")]
    found += [stored_claim(pack.read(name) or b"", keyring, f"The pack's {name}", ours=True) for name in names]
    believed = {key.verifier for key in keyring.keys}
    found += [handover_claim(each) for each in statements if each.old in believed]
    check.findings += [each for each in found if isinstance(each, Finding)]
    return [each for each in found if isinstance(each, Claim)]


def _measured(leaves: list[bytes], sizes: set[int]) -> Measured:
    growing = Growing()
    roots = {0: growing.root()}
    for leaf in leaves:
        growing.add(leaf)
        if growing.size in sizes:
            roots[growing.size] = growing.root()
    return Measured(size=len(leaves), as_found=roots, as_hashed={}, moments={})


def _check_entries(pack: PackReading, check: PackCheck, head: SignedHead, leaves: list[bytes]) -> None:
    altered, unproven = [], []
    names = {*pack.under("entries/")}
    for name in sorted(names):
        index, body = int(name[8:-5]), pack.read(name)
        if body is None or name != entry_name(index) or index >= len(leaves) or leaf_hash(body) != leaves[index]:
            altered.append(index)
            continue
        try:
            check.entries.append((index, parse(body)))
        except LedgerError as error:
            check.tell(Standing.BROKEN, f"Entry {index} stands in the record, but is none: {error}.")
        if not _proven(pack, index, body, head):
            unproven.append(index)
    loose = [name for name in pack.under("proofs/") if entry_name(int(name[7:-11])) not in names]
    if altered:
        check.tell(Standing.BROKEN, f"Entries in the pack are not those of the record: {spans(altered)}.")
    if unproven:
        check.tell(Standing.BROKEN, f"Proofs are missing, altered or of another entry: {spans(unproven)}.")
    if loose:
        check.tell(Standing.BROKEN, f"Proofs lack their entries: {', '.join(loose[:5])}.")
    _tell_entries(pack, check, len(leaves))


def _proven(pack: PackReading, index: int, body: bytes, head: SignedHead) -> bool:
    try:
        proof = read_proof(pack.read(proof_name(index)) or b"")
    except LedgerError:
        return False
    return proof.index == index and proof.head.data == head.data and proof.fits(body)


def _tell_entries(pack: PackReading, check: PackCheck, size: int) -> None:
    if pack.read("pictures.csv") != pictures_csv(check.entries):
        check.tell(Standing.BROKEN, "pictures.csv is missing or does not say what the entries say.")
    if (hours := hours_csv(check.entries)) != pack.read("hours.csv") and ("hours.csv" in pack.known or hours != hours_csv(())):
        check.tell(Standing.BROKEN, "hours.csv is missing or does not say what the entries say.")
    if check.entries:
        words = f"{len(check.entries)} entries stand in the record at the places the pack says."
        check.tell(Standing.HOLDS, words)
    check.tell(Standing.OPEN, f"The record has {size} entries; the pack alone cannot show that it holds all that speak of its subject.")
    if "names.csv" in pack.known:
        check.tell(Standing.OPEN, "names.csv is the studio's word; names are no part of the record, so that they can be erased.")


def _check_script(pack: PackReading, check: PackCheck) -> None:
    """A pack made before there was a script has none."""
    strange = [name for name in pack.under("recompute") if pack.read(name) != scripts().get(name)]
    if strange:
        names = ", ".join(strange)
        check.tell(Standing.BROKEN, f"{names}: not as this haikei ships it; altered, or of another version. Do not run it unread.")


def _check_stamps(pack: PackReading, check: PackCheck, roots: Sequence[bytes]) -> None:
    for name in pack.under("timestamps/"):
        checkpoint = f"checkpoints/{name[11:-4]}"
        try:
            stamp = read_stamp(pack.read(name) or b"", pack.read(checkpoint) or b"", roots)
        except LedgerError as error:
            check.tell(Standing.BROKEN, f"{name}: {error}.")
            continue
        if not stamp.fits:
            check.tell(Standing.BROKEN, f"{name} was made over other bytes than {checkpoint}.")
        elif stamp.authority == "trusted":
            check.tell(Standing.HOLDS, f"{checkpoint} existed by {stamp.moment:%Y-%m-%d %H:%M:%S} UTC; the authority's signature is right.")
        else:
            standing = Standing.BROKEN if roots else Standing.OPEN
            check.tell(standing, f"{checkpoint} existed by {stamp.moment:%Y-%m-%d %H:%M:%S} UTC, says its token; {stamp.authority}.")
