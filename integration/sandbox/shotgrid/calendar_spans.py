"""Spans of time as filters name them: the last 3 days, next calendar month."""

import calendar
from datetime import UTC, datetime, timedelta
from typing import Any

_UNITS = {"HOUR": timedelta(hours=1), "DAY": timedelta(days=1), "WEEK": timedelta(weeks=1)}
_MOST_UNITS = 10_000


def span(kind: str, relation: str, values: list[Any]) -> tuple[str, str] | None:
    """First and last moment of a span, written as a field of data type `kind` writes them; None when it is no span."""
    if relation.removeprefix("not_") in ("in_last", "in_next"):
        bounds = _near(relation, values)
    else:
        bounds = _calendar(relation.removeprefix("in_calendar_"), values)
    if bounds is None:
        return None
    form = "%Y-%m-%d" if kind == "date" else "%Y-%m-%dT%H:%M:%SZ"
    return bounds[0].strftime(form), bounds[1].strftime(form)


def _near(relation: str, values: list[Any]) -> tuple[datetime, datetime] | None:
    if len(values) != 2 or type(values[0]) is not int or not isinstance(values[1], str) or not 0 <= values[0] <= _MOST_UNITS:
        return None
    now, sign = datetime.now(UTC), -1 if relation.endswith("last") else 1
    count, unit = sign * values[0], values[1]
    if unit in _UNITS:
        other = now + count * _UNITS[unit]
    elif unit in ("MONTH", "YEAR"):
        other = _months_away(now, count * (1 if unit == "MONTH" else 12))
    else:
        return None
    return min(now, other), max(now, other)


def _calendar(unit: str, values: list[Any]) -> tuple[datetime, datetime] | None:
    if len(values) != 1 or type(values[0]) is not int or abs(values[0]) > _MOST_UNITS:
        return None
    offset, today = values[0], datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    match unit:
        case "day":
            first = today + timedelta(days=offset)
            last = first + timedelta(days=1)
        case "week":
            first = today + timedelta(days=-today.weekday(), weeks=offset)
            last = first + timedelta(weeks=1)
        case "month":
            first = _months_away(today.replace(day=1), offset)
            last = _months_away(first, 1)
        case "year":
            first = _months_away(today.replace(month=1, day=1), 12 * offset)
            last = _months_away(first, 12)
        case _:
            return None
    return first, last - timedelta(seconds=1)


def _months_away(moment: datetime, count: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + count, 12)
    year = min(max(year, 1000), 9998)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))
