"""The one table every event passes, however it came: each is stored once, and owed to each hook it concerns until done."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from integration.database import cursors, deliveries, inbox
from integration.events import (
    OutcomeSaid,
    TaskStatusChanged,
    TimeLogged,
    TrackerEvent,
    VersionCreated,
    VersionMediaUploaded,
    VersionStatusChanged,
)
from integration.intake.hook_registry import HookRegistry
from integration.production import Person, PersonKind, ProjectId
from integration.settings import IntakeSettings, ProjectSettings

PENDING, DONE, SET_ASIDE = "pending", "done", "set_aside"
_LONGEST_WAIT_S = 300.0
_POSTPONE_MS = 5_000
_KINDS: dict[str, type[TrackerEvent]] = {
    kind.__name__: kind for kind in (TaskStatusChanged, VersionCreated, VersionMediaUploaded, VersionStatusChanged, OutcomeSaid, TimeLogged)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event owed to one hook."""

    event: TrackerEvent
    hook: str
    attempts: int
    """How often it was tried and failed."""
    error: str
    """What went wrong last, empty when nothing did."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """Events of one site."""

    engine: sa.Engine
    site: str

    def cursor(self) -> str | None:
        """How far the site's events were read; None before the first look."""
        with self.engine.connect() as connection:
            return connection.execute(sa.select(cursors.c.value).where(cursors.c.site == self.site)).scalar()

    def store(
        self,
        events: Iterable[TrackerEvent],
        *,
        cursor: str | None,
        registry: HookRegistry,
        projects: Mapping[ProjectId, ProjectSettings],
    ) -> int:
        """Store what is new among `events` with what it owes to hooks, and move the cursor, in one transaction.

        Events of projects that are not enabled are left out. Returns how many were new.
        """
        wanted = [event for event in events if event.project in projects]
        with self.engine.begin() as connection:
            new = [event for event in wanted if self._insert(connection, event)]
            for event in new:
                for hook in registry.matching(event, projects[event.project]):
                    connection.execute(deliveries.insert().values(**self._owed(event, hook.name)))
            if cursor is not None:
                self._move(connection, cursor)
        return len(new)

    def due(self, *, limit: int = 100) -> list[Delivery]:
        """What is owed now, in the tracker's order."""
        return self._deliveries((deliveries.c.state == PENDING) & (deliveries.c.not_before_ms <= _now_ms()), limit=limit)

    def set_aside(self) -> list[Delivery]:
        """What failed too often and waits for a person."""
        return self._deliveries(deliveries.c.state == SET_ASIDE, limit=1000)

    def done(self, delivery: Delivery) -> None:
        """The hook did its work."""
        self._update(delivery, state=DONE, error="")

    def postpone(self, delivery: Delivery, error: str) -> None:
        """The tracker or a store did not answer: owe the event again soon; that is no failure of the hook's."""
        self._update(delivery, not_before_ms=_now_ms() + _POSTPONE_MS, error=error[:2000])

    def failed(self, delivery: Delivery, error: str, *, rule: IntakeSettings) -> bool:
        """The hook raised: owe it again later, or set it aside. Returns whether it was set aside."""
        attempts = delivery.attempts + 1
        wait_s = min(_LONGEST_WAIT_S, rule.hook_retry_s * 2 ** (attempts - 1))
        aside = attempts >= rule.hook_attempts
        self._update(
            delivery,
            state=SET_ASIDE if aside else PENDING,
            attempts=attempts,
            not_before_ms=_now_ms() + int(wait_s * 1000),
            error=error[:2000],
        )
        return aside

    def again(self, event_id: str) -> int:
        """Owe an event once more to every hook it was owed to. Returns how many."""
        with self.engine.begin() as connection:
            return connection.execute(
                deliveries.update()
                .where((deliveries.c.site == self.site) & (deliveries.c.event_id == event_id))
                .values(state=PENDING, attempts=0, not_before_ms=0, error="")
            ).rowcount

    def _insert(self, connection: sa.Connection, event: TrackerEvent) -> bool:
        seen = connection.execute(
            sa.select(inbox.c.event_id).where((inbox.c.site == self.site) & (inbox.c.event_id == event.event_id))
        ).scalar()
        if seen is not None:
            return False
        connection.execute(
            inbox.insert().values(
                site=self.site,
                event_id=event.event_id,
                event_order=event.order,
                at_ms=int(event.at.timestamp() * 1000),
                seen_ms=_now_ms(),
                body=to_json(event),
            )
        )
        return True

    def _owed(self, event: TrackerEvent, hook: str) -> dict[str, object]:
        return {
            "site": self.site,
            "event_id": event.event_id,
            "hook": hook,
            "event_order": event.order,
            "state": PENDING,
            "attempts": 0,
            "not_before_ms": 0,
            "error": "",
        }

    def _move(self, connection: sa.Connection, cursor: str) -> None:
        moved = connection.execute(cursors.update().where(cursors.c.site == self.site).values(value=cursor)).rowcount
        if not moved:
            connection.execute(cursors.insert().values(site=self.site, value=cursor))

    def _deliveries(self, condition: sa.ColumnElement[bool], *, limit: int) -> list[Delivery]:
        query = (
            sa.select(inbox.c.body, deliveries.c.hook, deliveries.c.attempts, deliveries.c.error)
            .join(inbox, (inbox.c.site == deliveries.c.site) & (inbox.c.event_id == deliveries.c.event_id))
            .where((deliveries.c.site == self.site) & condition)
            .order_by(deliveries.c.event_order, deliveries.c.hook)
            .limit(limit)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return [Delivery(event=from_json(row.body), hook=row.hook, attempts=row.attempts, error=row.error) for row in rows]

    def _update(self, delivery: Delivery, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(
                deliveries.update()
                .where(
                    (deliveries.c.site == self.site)
                    & (deliveries.c.event_id == delivery.event.event_id)
                    & (deliveries.c.hook == delivery.hook)
                )
                .values(**values)
            )


def to_json(event: TrackerEvent) -> str:
    """`event` as JSON text."""
    body = {"kind": type(event).__name__, **asdict(event), "at": event.at.isoformat()}
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> TrackerEvent:
    """The event `to_json` wrote."""
    body = json.loads(text)
    kind = _KINDS[body.pop("kind")]
    by = body.pop("by")
    person = Person(**{**by, "kind": PersonKind(by["kind"])}) if by else None
    return kind(**{**body, "at": datetime.fromisoformat(body["at"]), "by": person})


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
