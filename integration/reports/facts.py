"""The record's entries as rows to add up; made from the entries alone, so they can be thrown away and made again.

Reports of a show with a million entries read these rows. Each is what its entry says, in columns: nothing is worked out here but
which entries were put right by a later one.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from integration.errors import LedgerError
from integration.ledger import tables
from integration.ledger.vocabulary import Kind

FORM = 4
"""Number of the rows' form; rows of another are made anew."""

metadata = sa.MetaData()
"""Tables of this module; whoever opens the database creates them."""

facts = sa.Table(
    "haikei_fact",
    metadata,
    sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("show", sa.Text, nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("seq", sa.Text, nullable=False),
    sa.Column("shot", sa.Text, nullable=False),
    sa.Column("background", sa.Text, nullable=False),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("on_behalf_of", sa.Text, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("to_ref", sa.Text, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("draft", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("minutes", sa.Integer),
    sa.Column("confirmed", sa.Boolean),
    sa.Column("withdrawn", sa.Boolean),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("span_start_ms", sa.BigInteger),
    sa.Column("span_end_ms", sa.BigInteger),
    sa.Column("render_ms", sa.BigInteger),
    sa.Column("tool", sa.Text, nullable=False),
    sa.Column("manifest", sa.Text, nullable=False),
    sa.Column("claims", sa.Text, nullable=False),
    sa.Column("answers", sa.BigInteger),
    sa.Column("corrects", sa.BigInteger),
    sa.Column("corrected", sa.Boolean, nullable=False),
    sa.Index("haikei_fact_by_kind", "show", "kind", "seq"),
    sa.Index("haikei_fact_by_background", "show", "background", "part"),
    sa.Index("haikei_fact_by_actor", "actor"),
    *(
        sa.Index(f"haikei_fact_by_{name}", name, sqlite_where=sa.text(f"{name} <> ''"), postgresql_where=sa.text(f"{name} <> ''"))
        for name in ("on_behalf_of", "set_by", "decided_by", "to_ref")
    ),
    sa.Index("haikei_fact_by_project", "project", "kind", "at_ms", "render_ms"),
    sa.Index("haikei_fact_by_sha256", "sha256", sqlite_where=sa.text("sha256 <> ''"), postgresql_where=sa.text("sha256 <> ''")),
)
"""One row for each entry; empty means not known.

`project` is the show's id in the tracker, `shot` the first of its cuts (`tables.entry_shots` has them all), `tool` the digest of what
painted (`TOOL_FIELDS` of `ai`), `manifest` the label of the file's Content Credentials, `claims` a statement's, joined by spaces,
`reason` a decision's or a flag's, `answers` the entry whose flag this one answers.
"""

TOOL_FIELDS = ("model_id", "revision", "licence", "weights_sha256", "look_sha256", "scheduler", "steps", "libraries", "adapter_sha256")
"""Fields of `ai` that tell one tool from another, as entries of one `tool` share them."""

follower = sa.Table(
    "haikei_fact_follower",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("form", sa.Integer, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
)
"""One row, id 1: how many entries have their rows, and of which form."""

_AT_ONCE = 5_000


def is_behind(connection: sa.Connection) -> bool:
    """Whether entries have no rows yet, without waiting for the follower's turn."""
    size = connection.execute(sa.select(follower.c.size).where(follower.c.form == FORM)).scalar()
    return int(size or 0) < int(connection.execute(sa.select(tables.head.c.size)).scalar() or 0)


def follow(engine: sa.Engine) -> int:
    """Make the rows that are missing up to the record's end; returns how many entries the rows tell of.

    It may be cut off anywhere and run beside itself: each piece is one transaction that holds the follower's row.

    Raises:
        LedgerError: a stored entry is damaged.
    """
    while True:
        with engine.begin() as connection:
            size = _turn(connection)
            rows = [_row(int(index), bytes(body)) for index, body in connection.execute(_NEXT, {"first": size, "end": size + _AT_ONCE})]
            if rows:
                connection.execute(sa.insert(facts), rows)
                _mark_corrected(connection, rows)
                connection.execute(sa.update(follower).values(size=size + len(rows)))
        if len(rows) < _AT_ONCE:
            return size + len(rows)


def followed(engine: sa.Engine) -> int:
    """How many entries have their rows."""
    with engine.connect() as connection:
        return int(connection.execute(sa.select(follower.c.size).where(follower.c.form == FORM)).scalar() or 0)


_NEXT = (
    sa.select(tables.entries.c.idx, tables.entries.c.body)
    .where(tables.entries.c.idx >= sa.bindparam("first"), tables.entries.c.idx < sa.bindparam("end"))
    .order_by(tables.entries.c.idx)
)
_TURN = sa.text("""
    INSERT INTO haikei_fact_follower (id, form, size) VALUES (1, :form, 0)
    ON CONFLICT (id) DO UPDATE SET size = haikei_fact_follower.size RETURNING form, size
""")
"""A write comes first, because SQLite cannot turn a reader into a writer."""


def _turn(connection: sa.Connection) -> int:
    form, size = connection.execute(_TURN, {"form": FORM}).one()
    if form == FORM:
        return int(size)
    connection.execute(sa.delete(facts))
    connection.execute(sa.update(follower).values(form=FORM, size=0))
    return 0


def _mark_corrected(connection: sa.Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    corrected = [{"wrong": row["corrects"]} for row in rows if row["corrects"] is not None]
    if corrected:
        connection.execute(sa.update(facts).where(facts.c.idx == sa.bindparam("wrong")).values(corrected=True), corrected)


def _row(index: int, body: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(body)
        Kind(entry["kind"])
        return {"idx": index, "corrected": False, **_place(entry), **_people(entry), **_deed(entry), **_time(entry)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LedgerError(f"entry {index} is damaged", hint="Restore the database from a backup; nothing may edit entries.") from error


def _place(entry: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: entry.get(name, "") for name in ("show", "seq", "background", "part", "step", "draft")}
    project = entry.get("tracker", {}).get("project_id", "")
    return {**named, "kind": entry["kind"], "project": project, "shot": (entry.get("shots") or [""])[0], "at_ms": entry["at_ms"]}


def _people(entry: Mapping[str, Any]) -> dict[str, Any]:
    actor, decision = entry["actor"], entry.get("decision", {})
    return {
        "actor_kind": actor["kind"],
        "actor": actor.get("ref", ""),
        "role": actor.get("role", ""),
        "on_behalf_of": entry.get("on_behalf_of", ""),
        "set_by": decision.get("set_by", ""),
        "decided_by": decision.get("decided_by", ""),
        "to_ref": entry.get("to_ref", ""),
    }


def _deed(entry: Mapping[str, Any]) -> dict[str, Any]:
    decision, ai, flag = entry.get("decision", {}), entry.get("ai", {}), entry.get("flag", {})
    return {
        "version": entry.get("tracker", {}).get("version_id", ""),
        "sha256": entry.get("asset", {}).get("sha256", ""),
        "verdict": decision.get("verdict", ""),
        "status": decision.get("status", ""),
        "reason": decision.get("reason", "") or flag.get("reason", ""),
        "render_ms": ai.get("render_ms"),
        "tool": _tool(ai) if entry["kind"] == Kind.DRAFT_RENDERED else "",
        "manifest": entry.get("asset", {}).get("c2pa_manifest", ""),
        "claims": " ".join(entry.get("statement", {}).get("claims", ())),
        "answers": flag.get("answers"),
        "corrects": entry.get("corrects"),
    }


def _tool(ai: Mapping[str, Any]) -> str:
    told = json.dumps([ai.get(field) for field in TOOL_FIELDS], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def _time(entry: Mapping[str, Any]) -> dict[str, Any]:
    time = entry.get("time", {})
    return {
        "minutes": time.get("minutes"),
        "confirmed": time.get("confirmed"),
        "withdrawn": time.get("withdrawn", False) if time else None,
        "source": time.get("source", ""),
        "span_start_ms": time.get("span_start_ms"),
        "span_end_ms": time.get("span_end_ms"),
    }
