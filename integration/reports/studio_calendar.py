"""Days, months, nights and weekends by the studio's clock, fast enough for a million logs."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from integration.ledger.entry import milliseconds
from integration.studio_clock import studio_span

NIGHT_BEGINS, NIGHT_ENDS = time(22), time(5)
"""What Japan's Labour Standards Act, article 37, paragraph 4, calls night."""
_DAY_MS = 86_400_000
_WHOLE_DAY_MS = 23 * 3_600_000
"""The shortest studio's day, where the clocks go forward; whatever is as long says nothing of a clock."""

Span = tuple[int, int]
"""First millisecond and the one after the last, UTC."""


class StudioCalendar:
    """The calendar of one show; it remembers what it worked out."""

    def __init__(self, zone: str, day_start: time) -> None:
        """`zone` such as ``Asia/Tokyo``; `day_start` is when a day begins there."""
        self._zone, self._day_start = zone, day_start
        self._days: dict[int, list[tuple[int, date]]] = {}
        self._nights: dict[int, list[Span]] = {}

    def day(self, ms: int) -> date:
        """The studio's day of a moment in UTC milliseconds."""
        begun = self._days.get(ms // _DAY_MS)
        if begun is None:
            begun = self._days[ms // _DAY_MS] = [(self._begins(day), day) for day in _around(ms)]
        return next(day for begins, day in begun if begins <= ms)

    def month(self, ms: int) -> str:
        """The month of the studio's day of a moment: ``2026-11``."""
        return month_of(self.day(ms))

    def night_ms(self, span: Span) -> int:
        """How much of `span`, which is shorter than a day, lies between 22:00 and 05:00."""
        nights = self._nights.get(span[0] // _DAY_MS)
        if nights is None:
            nights = self._nights[span[0] // _DAY_MS] = [self._night(day) for day in _around(span[0])]
        return sum(max(0, min(end, span[1]) - max(begin, span[0])) for begin, end in nights)

    def _begins(self, day: date) -> int:
        return milliseconds(studio_span(day, self._zone, self._day_start)[0])

    def _night(self, day: date) -> Span:
        at = (datetime.combine(day, NIGHT_BEGINS), datetime.combine(day + timedelta(days=1), NIGHT_ENDS))
        begin, end = (milliseconds(each.replace(tzinfo=ZoneInfo(self._zone)).astimezone(UTC)) for each in at)
        return begin, end


def has_clock(span: Span) -> bool:
    """Whether a span tells when somebody worked, and not only on which day."""
    return 0 < span[1] - span[0] < _WHOLE_DAY_MS


def month_of(day: date) -> str:
    """``2026-11``."""
    return f"{day.year:04d}-{day.month:02d}"


def first_of_next(month: str) -> date:
    """First day after ``2026-11``."""
    year, number = int(month[:4]), int(month[5:])
    return date(year + number // 12, number % 12 + 1, 1)


def _around(ms: int) -> list[date]:
    """The dates about a moment, the latest first."""
    day = datetime.fromtimestamp(ms // 1000, UTC).date()
    return [day + timedelta(days=days) for days in (2, 1, 0, -1, -2)]
