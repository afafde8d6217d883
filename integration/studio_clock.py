"""The studio's day, which begins in the morning: half past one at night is 25:30 of the day before."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from integration.production import require_aware


def studio_day(moment: datetime, zone: str, day_start: time) -> date:
    """The studio's day that an aware `moment` belongs to.

    Args:
        moment: any aware time.
        zone: the show's, such as ``Asia/Tokyo``.
        day_start: when a day begins there, before noon.

    Raises:
        ValueError: `moment` has no time zone.
    """
    day = require_aware(moment).astimezone(ZoneInfo(zone)).date()
    return day if moment >= _beginning(day, zone, day_start) else day - timedelta(days=1)


def studio_clock(moment: datetime, zone: str, day_start: time) -> str:
    """What the clock on the wall shows at `moment`, counted on past midnight: ``25:30``. Arguments and `Raises` as `studio_day`."""
    local = require_aware(moment).astimezone(ZoneInfo(zone))
    night = 24 * (local.date() - studio_day(moment, zone, day_start)).days
    return f"{local.hour + night:02d}:{local.minute:02d}"


def studio_span(day: date, zone: str, day_start: time) -> tuple[datetime, datetime]:
    """When the studio's `day` begins and when the next one does, aware UTC; 23 or 25 hours apart where the clocks change."""
    return _beginning(day, zone, day_start), _beginning(day + timedelta(days=1), zone, day_start)


def _beginning(day: date, zone: str, day_start: time) -> datetime:
    """In UTC: two times of one zone compare by the wall clock, which runs backwards once a year."""
    return datetime.combine(day, day_start, tzinfo=ZoneInfo(zone)).astimezone(UTC)
