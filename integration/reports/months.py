"""When a report's months begin and end by the studio's clock."""

from datetime import date, time

from integration.ledger.entry import milliseconds
from integration.reports.scope import Scope
from integration.studio_clock import studio_span

Span = tuple[int | None, int | None]
"""First millisecond and the one after the last, UTC; None: no bound."""


def span_of(scope: Scope, zone: str, day_start: time) -> Span:
    """The months of `scope`; a night belongs to the day before it, as the studio counts days.

    Args:
        scope: its first and last month are told whole.
        zone: the show's, such as ``Asia/Tokyo``.
        day_start: when a day begins there.
    """
    since = None if scope.first is None else milliseconds(studio_span(scope.first.replace(day=1), zone, day_start)[0])
    until = None if scope.last is None else milliseconds(studio_span(_next_month(scope.last), zone, day_start)[0])
    return since, until


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
