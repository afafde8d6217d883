"""The orders to outside houses that stand, as rows, and what came back for each."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa

from integration.database import orders, received
from integration.errors import LedgerError
from integration.ledger import people
from integration.orders.manifest import HouseOrder
from integration.production import Person, PersonId, PersonKind
from integration.workflow.rounds import now_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """One order."""

    id: str
    site: str
    project: str
    show: str
    house: str
    """The house's reference in the record."""
    house_kind: PersonKind
    due_on: date
    ordered_at: datetime
    """Aware UTC."""
    asked: HouseOrder
    """What was asked for and sent, without the house's name."""
    returned: tuple[str, ...]
    """Stems of the pictures of which something came back, each once."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Stems of the pictures of which nothing came back."""
        return tuple(part.stem for _, part in self.asked.parts if part.stem not in self.returned)


def keep(connection: sa.Connection, *, site: str, project: str, house: str, kind: PersonKind, asked: HouseOrder) -> None:
    """Put an order down, once."""
    if connection.execute(sa.select(orders.c.id).where(orders.c.id == asked.order)).scalar() is not None:
        return
    connection.execute(
        orders.insert().values(
            id=asked.order,
            site=site,
            project=project,
            show=asked.show,
            house=house,
            house_kind=kind,
            due_on=str(asked.due_on),
            ordered_ms=now_ms(),
            body=asked.model_copy(update={"house": ""}).model_dump_json(),
        )
    )


def keep_received(connection: sa.Connection, *, order: str, stem: str, sha256: str, version: str) -> None:
    """Put down that a file came back and stands in the tracker, once."""
    if version_of(connection, order=order, stem=stem, sha256=sha256) is None:
        row = {"order_id": order, "stem": stem, "sha256": sha256, "version": version, "received_ms": now_ms()}
        connection.execute(received.insert().values(row))


def version_of(connection: sa.Connection, *, order: str, stem: str, sha256: str) -> str | None:
    """The Version that a file which came back stands as; None when it is new."""
    place = (received.c.order_id == order) & (received.c.stem == stem) & (received.c.sha256 == sha256)
    found = connection.execute(sa.select(received.c.version).where(place)).scalar()
    return None if found is None else str(found)


def find(connection: sa.Connection, order: str) -> Ordered:
    """The order of this id.

    Raises:
        LedgerError: there is none.
    """
    found = next((each for each in every(connection) if each.id == order), None)
    if found is None:
        raise LedgerError(f"there is no order {order!r:.80}", hint="`haikei orders` lists them.")
    return found


def every(connection: sa.Connection) -> list[Ordered]:
    """All orders, the soonest due first."""
    back: dict[str, dict[str, None]] = {}
    for row in connection.execute(sa.select(received.c.order_id, received.c.stem).order_by(received.c.received_ms)):
        back.setdefault(row.order_id, {})[row.stem] = None
    rows = connection.execute(sa.select(orders).order_by(orders.c.due_on, orders.c.ordered_ms, orders.c.id))
    return [
        Ordered(
            id=row.id,
            site=row.site,
            project=row.project,
            show=row.show,
            house=row.house,
            house_kind=PersonKind(row.house_kind),
            due_on=date.fromisoformat(row.due_on),
            ordered_at=datetime.fromtimestamp(row.ordered_ms / 1000, UTC),
            asked=HouseOrder.model_validate_json(row.body),
            returned=tuple(back.get(row.id, ())),
        )
        for row in rows
    ]


def house_of(connection: sa.Connection, ordered: Ordered) -> Person | None:
    """The house as it is known by name; None when its name was erased."""
    person_id = people.id_of(connection, ordered.house)
    name = people.names(connection, [ordered.house])[ordered.house]
    return Person(id=PersonId(person_id), name=name.name, name_en=name.name_en, kind=ordered.house_kind) if person_id else None
