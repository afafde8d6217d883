"""The studio's day, which ends with the night's work: half past one belongs to the day before, as 25:30 (25時半)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from integration.production import require_aware


def studio_day(moment: datetime, *, zone: str, day_start: str) -> date:
    """The day `moment` belongs to in the time zone `zone`, where days begin at `day_start` (``05:00``).

    Raises:
        ValueError: `moment` has no time zone.
    """
    local = require_aware(moment).astimezone(ZoneInfo(zone))
    return local.date() if local.time() >= time.fromisoformat(day_start) else local.date() - timedelta(days=1)


def studio_clock(moment: datetime, *, zone: str, day_start: str) -> str:
    """The time of day as the studio says it: ``09:30``, and ``25:30`` for half past one at night."""
    local = require_aware(moment).astimezone(ZoneInfo(zone))
    late = 24 if studio_day(moment, zone=zone, day_start=day_start) < local.date() else 0
    return f"{local.hour + late:02d}:{local.minute:02d}"


def span_of(day: date, *, zone: str, day_start: str) -> tuple[datetime, datetime]:
    """When the studio's `day` begins and ends, UTC; 23 or 25 hours where clocks change."""
    begins = time.fromisoformat(day_start)
    first, last = (datetime.combine(each, begins, ZoneInfo(zone)).astimezone(UTC) for each in (day, day + timedelta(days=1)))
    return first, last
