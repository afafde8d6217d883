"""The record's tables: the entries, which only grow, and what may be erased beside them."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()
"""Every table of the record; whoever opens the database creates them."""

head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
)
"""One row, id 1: how many entries there are. Writers queue on it, so indexes have no gaps."""

entries = Table(
    "ledger_entry",
    metadata,
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("show", Text, nullable=False),
    Column("background", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("recorded_ms", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ledger_entry_by_background", "background", "idx"),
)
"""One row for each entry; `body` is the record, the other columns only find it."""

entry_shots = Table(
    "ledger_entry_shot",
    metadata,
    Column("shot", Text, primary_key=True),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Index("ledger_entry_shot_by_idx", "idx"),
)
"""Which entries speak of a shot."""

people = Table(
    "ledger_person",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("show", Text, nullable=False),
    Column("tracker_person_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("declined", Boolean, nullable=False),
    UniqueConstraint("show", "tracker_person_id"),
)
"""Who a reference stands for; a row may be erased."""

texts = Table(
    "ledger_text",
    metadata,
    Column("commitment", Text, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
)
"""What a commitment stands for; a row may be erased."""

tiles = Table(
    "ledger_tile",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
)
"""Complete tiles of the Merkle tree (C2SP tlog-tiles): 256 hashes of 32 bytes, and the head over them."""

checkpoints = Table(
    "ledger_checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("key_id", Text, primary_key=True),
    Column("made_ms", BigInteger, nullable=False),
    Column("note", LargeBinary, nullable=False),
)
"""Every checkpoint that was signed."""

keys = Table(
    "ledger_key",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("vkey", Text, nullable=False),
    Column("statement", LargeBinary),
)
"""Public keys in their order, the last in use; `statement` is the note with which the one before handed over."""

publications = Table(
    "ledger_publication",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("target", Text, primary_key=True),
    Column("made_ms", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before_ms", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
    Column("receipt", LargeBinary),
)
"""Which checkpoint is owed to which place outside: pending or done; `receipt` is a timestamp token."""
