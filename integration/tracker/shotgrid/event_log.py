"""Reads ShotGrid's event log page by page, so that no late commit is missed and no page is read for ever."""

import time
from collections.abc import Iterator
from datetime import datetime

from integration.events import TrackerEvent
from integration.production import require_aware
from integration.tracker.protocol import EventPage
from integration.tracker.shotgrid.connection import Client, Connection
from integration.tracker.shotgrid.cursor import begin, parse
from integration.tracker.shotgrid.events import EVENT_FIELDS, KINDS, to_event
from integration.tracker.shotgrid.records import utc

_PAGE = 500
_ASCENDING = [{"field_name": "id", "direction": "asc"}]
_NEWEST = [{"field_name": "id", "direction": "desc"}]


class EventLog:
    """The site's event log, read by one thread at a time."""

    def __init__(self, connection: Connection, *, look_back_s: float) -> None:
        """Prepare; nothing is contacted yet.

        Args:
            connection: the site.
            look_back_s: how long an event may be committed late and still be seen.
        """
        self._connection = connection
        self._look_back_s = look_back_s
        self._newest = 0
        self._newest_since_s = 0.0

    def first_cursor(self) -> str:
        """See `Tracker.first_cursor`."""
        entry = self._connection.tried(lambda sg: sg.find_one("EventLogEntry", [], ["created_at"], order=_NEWEST))
        return (begin(int(entry["id"]), utc(entry["created_at"])) if entry else begin(0, None)).text()

    def newest_at(self) -> datetime | None:
        """When the newest event was created, by the tracker's clock."""
        entry = self._connection.tried(lambda sg: sg.find_one("EventLogEntry", [], ["created_at"], order=_NEWEST))
        return utc(entry["created_at"]) if entry else None

    def after(self, text: str, *, limit: int) -> EventPage:
        """See `Tracker.events_after`."""
        cursor = parse(text)

        def read(sg: Client) -> list[dict[str, object]]:
            found: list[dict[str, object]] = sg.find(
                "EventLogEntry", [["id", "greater_than", cursor.page], KINDS], EVENT_FIELDS, order=_ASCENDING, limit=limit + 1
            )
            return found

        entries = self._connection.tried(read)
        more, entries = len(entries) > limit, entries[:limit]
        seen = [
            (number, utc(at))
            for entry in entries
            if isinstance(number := entry["id"], int) and isinstance(at := entry.get("created_at"), datetime)
        ]
        after = cursor.read(seen, more=more, look_back_s=self._look_back_s)
        if not more and self._quiet(max([cursor.page, *(number for number, _ in seen)])):
            after = after.settled(self._newest)
        return EventPage(events=tuple(filter(None, map(to_event, entries))), cursor=after.text(), more=more)

    def _quiet(self, newest: int) -> bool:
        """Whether `newest` has been the newest event for a whole look-back: a length of time, so no two clocks are compared."""
        now_s = time.monotonic()
        if newest != self._newest:
            self._newest, self._newest_since_s = newest, now_s
        return now_s - self._newest_since_s >= self._look_back_s

    def since(self, moment: datetime) -> Iterator[TrackerEvent]:
        """See `Tracker.events_since`."""
        start, last = require_aware(moment), 0
        while True:
            filters = [["created_at", "greater_than", start], ["id", "greater_than", last], KINDS]
            entries = self._connection.tried(
                lambda sg, filters=filters: sg.find("EventLogEntry", filters, EVENT_FIELDS, order=_ASCENDING, limit=_PAGE)  # type: ignore[misc]
            )
            yield from filter(None, map(to_event, entries))
            if len(entries) < _PAGE:
                return
            last = int(entries[-1]["id"])
