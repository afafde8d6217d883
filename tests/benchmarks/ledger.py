"""``python tests/benchmarks/ledger.py [ENTRIES]``: measures the record's bars on this machine and prints them as JSON; see BENCHMARKS.md."""

import json
import os
import resource
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from integration.database import open_database
from integration.ledger import heads, keys, log
from integration.ledger.canonical import canonical_bytes
from integration.ledger.check import check_log
from integration.ledger.checkpoint import read_proof
from integration.ledger.entry import Actor, Ai, Asset, Entry, milliseconds, new_id
from integration.ledger.note import Signer
from integration.ledger.vocabulary import ActorKind, Kind, Role

ENTRIES, BATCH, SINGLES, PROOFS = 1_000_000, 1000, 300, 200


def main() -> None:
    """Print every figure as one JSON object."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with tempfile.TemporaryDirectory(prefix="haikei-ledger-") as folder:
        engine = open_database(f"sqlite:///{folder}/record.sqlite")
        log.metadata.create_all(engine)
        with engine.begin() as connection:
            signer = keys.create(connection, Path(folder) / "keys", "studio.example/haikei")
        print(json.dumps({"cores": os.cpu_count(), **figures(engine, signer, Path(folder), entries)}, indent=2))


def figures(engine: sa.Engine, signer: Signer, folder: Path, entries: int) -> dict[str, float | int]:
    """Entries a second in batches and singly, seconds to verify, milliseconds for a proof, and memory."""
    batched = appended(engine, min(entries, 20_000))
    singly = signed_singly(engine, signer)
    filled(engine, entries)
    with engine.begin() as connection:
        began = time.monotonic()
        head = heads.sign_head(connection, signer, datetime.now(UTC))
        first_head_s = time.monotonic() - began
    proof_ms = proofs(engine, head.size)
    before_mb = _peak_mb()
    with engine.connect() as connection:
        began = time.monotonic()
        check = check_log(connection, kept=[("kept", head.data)], known=[signer.verifier])
        verify_s = time.monotonic() - began
    if not check.holds or check.covered != head.size:
        raise SystemExit("\n".join(finding.words for finding in check.findings))
    return {
        "append_in_batches_per_s": round(batched),
        "append_singly_with_checkpoint_per_s": round(singly),
        "entries": head.size,
        "bytes_per_entry": round((folder / "record.sqlite").stat().st_size / head.size),
        "tiles_of_all_at_once_s": round(first_head_s, 1),
        "proof_median_ms": round(statistics.median(proof_ms), 2),
        "proof_slowest_ms": round(max(proof_ms), 2),
        "verify_s": round(verify_s, 1),
        "memory_peak_before_verify_mb": before_mb,
        "memory_peak_mb": _peak_mb(),
    }


def appended(engine: sa.Engine, count: int) -> float:
    """Entries a second through the real transaction, 1,000 at a time."""
    began = time.monotonic()
    for first in range(0, count, BATCH):
        with engine.begin() as connection:
            log.append_all(connection, [(f"batch {n}", an_entry(n)) for n in range(first, first + BATCH)])
    return count / (time.monotonic() - began)


def signed_singly(engine: sa.Engine, signer: Signer) -> float:
    """Entries a second, each in a transaction and under a checkpoint of its own."""
    began = time.monotonic()
    for n in range(SINGLES):
        with engine.begin() as connection:
            log.append(connection, an_entry(n), key=f"single {n}")
            heads.sign_head(connection, signer, datetime.now(UTC))
    return SINGLES / (time.monotonic() - began)


def filled(engine: sa.Engine, entries: int) -> None:
    """Append until there are `entries`."""
    with engine.connect() as connection:
        size = log.size(connection)
    for first in range(size, entries, BATCH):
        with engine.begin() as connection:
            log.append_all(connection, [(f"fill {n}", an_entry(n)) for n in range(first, min(entries, first + BATCH))])


def proofs(engine: sa.Engine, size: int) -> list[float]:
    """Milliseconds to make and check a proof, each from a fresh start."""
    took = []
    for n in range(PROOFS):
        index = n * (size - 1) // PROOFS
        with engine.connect() as connection:
            head = heads.newest(connection)
            assert head is not None
            began = time.monotonic()
            proof = read_proof(heads.proof_of(connection, index, head))
            ((_, entry),) = list(log.read(connection, first=index, end=index + 1))
            assert proof.fits(canonical_bytes(entry))
            took.append((time.monotonic() - began) * 1000)
    return took


def an_entry(n: int) -> Entry:
    """A rendered draft, about as long as a real one."""
    now = datetime.now(UTC)
    return Entry(
        id=new_id(now),
        kind=Kind.DRAFT_RENDERED,
        at_ms=milliseconds(now),
        recorded_ms=milliseconds(now),
        show="海辺の町",
        shots=(f"c{n % 300:03d}",),
        background=f"Shot:{n % 300}",
        part="BG",
        step="Background",
        actor=Actor(kind=ActorKind.MACHINE, role=Role.RENDERER),
        draft=f"draft:{n % 300}",
        asset=Asset(sha256=f"{n:064x}", media_type="image/png", width_px=1920, height_px=1080),
        ai=Ai(model_id="house", weights_sha256="ab" * 32, seed=n),
    )


def _peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
