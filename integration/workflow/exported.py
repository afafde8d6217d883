"""Reports that leave the house: an entry says which, of what, with which bytes, and who asked for it."""

import hashlib

from sqlalchemy import Connection

from integration.ledger import log
from integration.ledger.canonical import code
from integration.ledger.entry import Actor, Asset, entry_now
from integration.ledger.vocabulary import ActorKind, Kind, Role


def report_exported(
    connection: Connection,
    data: bytes,
    *,
    report: str,
    media_type: str,
    show: str,
    seq: str = "",
    shots: tuple[str, ...] = (),
    by: str = "",
) -> int:
    """Append that `data` was handed out as a report and return the entry's index; the same bytes for the same person are written once.

    Args:
        connection: whose transaction this is part of.
        data: the report's bytes.
        report: a code such as ``shot``.
        media_type: such as ``application/json``.
        show: the show's code.
        seq: the episode's code.
        shots: codes of the cuts it tells of.
        by: reference of who asked for it; empty when nobody said.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    entry = entry_now(
        Kind.REPORT_EXPORTED,
        show=code(show),
        seq=code(seq),
        shots=tuple(map(code, shots)),
        actor=Actor(kind=ActorKind.HUMAN, ref=by) if by else Actor(kind=ActorKind.SCRIPT, role=Role.PIPELINE),
        asset=Asset(sha256=sha256, media_type=media_type, size_bytes=len(data)),
        report=report,
    )
    return log.append(connection, entry, key=f"{entry.kind}:{sha256}:{by}")
