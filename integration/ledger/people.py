"""Who a reference stands for: names kept beside the record, so that they can be erased and the record stays whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import Connection, delete, or_, select, text, update
from sqlalchemy.orm import Session

from integration.errors import LedgerError
from integration.ledger.canonical import code
from integration.ledger.tables import people


class Naming(StrEnum):
    """Whether a person can be named."""

    NAMED = "named"
    DECLINED = "declined"
    """They asked not to be named."""
    ERASED = "erased"
    """Their name was erased; that a person did it remains."""
    UNKNOWN = "unknown"
    """The record never knew who."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """How a person is shown."""

    name: str
    """The name as the tracker shows it, or what stands in its place."""
    name_en: str = ""
    """The name in Latin letters, empty when there is none."""
    naming: Naming = Naming.NAMED


UNKNOWN = PersonName(name="unknown", naming=Naming.UNKNOWN)
ERASED = PersonName(name="(name erased)", naming=Naming.ERASED)
DECLINED = PersonName(name="(declined to be named)", naming=Naming.DECLINED)


def person_ref(connection: Connection | Session, *, show: str, person_id: str, name: str, name_en: str = "", role: str = "") -> str:
    """The reference of a person in a show: random at first, the same ever after; a new name replaces the old, an empty one does not.

    After `erase` the same person gets another reference, which nothing ties to the old one.

    Raises:
        LedgerError: `person_id` is empty.
    """
    if not person_id:
        raise LedgerError("a person without an id cannot be referred to", hint="Leave the reference empty; it shows as unknown.")
    values = {"show": code(show), "person_id": person_id, "name": code(name), "name_en": code(name_en), "role": code(role)}
    return str(connection.execute(_UPSERT, {**values, "ref": str(uuid4()), "declined": False}).scalar_one())


def names(connection: Connection | Session, refs: Iterable[str]) -> dict[str, PersonName]:
    """The name for each of `refs`: `UNKNOWN` for an empty one, `ERASED` for one whose row is gone."""
    wanted = set(refs)
    found = {"": UNKNOWN}
    query = select(people.c.ref, people.c.name, people.c.name_en, people.c.declined).where(people.c.ref.in_(sorted(wanted - {""})))
    for ref, name, name_en, declined in connection.execute(query):
        found[str(ref)] = DECLINED if declined else PersonName(name=name, name_en=name_en) if name else UNKNOWN
    return {ref: found.get(ref, ERASED) for ref in wanted}


def called(connection: Connection | Session, name: str, *, show: str) -> list[str]:
    """References of the people of `show` with this name, name in Latin letters, or id in the tracker, in order of reference."""
    columns, wanted = people.c, code(name)
    query = select(columns.ref).where(
        columns.show == code(show), or_(columns.name == wanted, columns.name_en == wanted, columns.tracker_person_id == name)
    )
    return sorted(str(ref) for (ref,) in connection.execute(query)) if wanted else []


def refs_of(connection: Connection | Session, person_id: str, *, show: str | None = None) -> set[str]:
    """A person's references in one show or all."""
    query = select(people.c.ref).where(people.c.tracker_person_id == person_id)
    return {str(ref) for (ref,) in connection.execute(query if show is None else query.where(people.c.show == code(show)))}


def id_of(connection: Connection | Session, ref: str) -> str:
    """The tracker's id of whom `ref` stands for; empty when it was erased."""
    return str(connection.execute(select(people.c.tracker_person_id).where(people.c.ref == ref)).scalar() or "")


def decline(connection: Connection | Session, person_id: str, *, show: str | None = None, declined: bool = True) -> int:
    """Note that a person does not want to be named (or does again), in one show or all; returns how many references this touched."""
    query = update(people).where(people.c.tracker_person_id == person_id).values(declined=declined).returning(people.c.ref)
    return len(connection.execute(query if show is None else query.where(people.c.show == code(show))).all())


def erase(connection: Connection | Session, person_id: str, *, show: str | None = None) -> int:
    """Erase who a person's references stand for, in one show or all; returns how many were erased. The record is not touched."""
    query = delete(people).where(people.c.tracker_person_id == person_id).returning(people.c.ref)
    return len(connection.execute(query if show is None else query.where(people.c.show == code(show))).all())


_UPSERT = text("""
    INSERT INTO ledger_person (ref, show, tracker_person_id, name, name_en, role, declined)
    VALUES (:ref, :show, :person_id, :name, :name_en, :role, :declined)
    ON CONFLICT (show, tracker_person_id) DO UPDATE SET
        name = CASE WHEN excluded.name = '' THEN ledger_person.name ELSE excluded.name END,
        name_en = CASE WHEN excluded.name_en = '' THEN ledger_person.name_en ELSE excluded.name_en END,
        role = CASE WHEN excluded.role = '' THEN ledger_person.role ELSE excluded.role END
    RETURNING ref
""")
"""One statement, so that two writers who meet the same person agree on the reference."""
