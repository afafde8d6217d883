"""Words kept beside the record: an entry holds only a salted hash, so the words can be erased and the record stays whole."""

import hashlib
import secrets

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.orm import Session

from integration.errors import LedgerError
from integration.ledger.tables import texts

SALT_BYTES = 32
"""Length of the random salt, so that short texts cannot be guessed from their hash."""


def commit_text(connection: Connection | Session, text: str) -> str:
    """Keep `text` under a fresh salt and return its commitment, SHA-256 over salt and UTF-8 text in hex; empty for an empty text.

    Each call makes another commitment; call it in the transaction that appends the entry.

    Raises:
        LedgerError: `text` holds half a surrogate pair or a NUL, which no database keeps.
    """
    if not text:
        return ""
    if "\x00" in text:
        raise LedgerError("a text with a NUL character cannot be kept")
    salt = secrets.token_bytes(SALT_BYTES)
    commitment = commitment_of(salt, text)
    connection.execute(insert(texts).values(commitment=commitment, salt=salt, text=text))
    return commitment


def reveal(connection: Connection | Session, commitment: str) -> str | None:
    """The text behind `commitment`; None when it was erased or never kept here.

    Raises:
        LedgerError: the stored text does not fit its commitment.
    """
    row = connection.execute(select(texts.c.salt, texts.c.text).where(texts.c.commitment == commitment)).one_or_none()
    if row is None:
        return None
    salt, text = bytes(row[0]), str(row[1])
    if commitment_of(salt, text) != commitment:
        raise LedgerError(f"the text kept for {commitment[:12]}… was changed", hint="Restore the database from a backup.")
    return text


def erase_text(connection: Connection | Session, commitment: str) -> bool:
    """Erase the text and salt behind `commitment`; returns whether there were any."""
    return bool(connection.execute(delete(texts).where(texts.c.commitment == commitment).returning(texts.c.commitment)).all())


def erase_naming(connection: Connection | Session, name: str) -> int:
    """Erase every text and salt in which `name` stands; returns how many there were."""
    return len(connection.execute(delete(texts).where(texts.c.text.contains(name, autoescape=True)).returning(texts.c.commitment)).all())


def commitment_of(salt: bytes, text: str) -> str:
    """SHA-256 over `salt` and UTF-8 `text`, hex.

    Raises:
        LedgerError: `text` holds half a surrogate pair.
    """
    try:
        return hashlib.sha256(salt + text.encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise LedgerError("a text with half a surrogate pair cannot be kept") from error
