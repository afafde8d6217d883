"""Every report that people may ask for, by its code: what the command line and the pages alike show and export."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from unicodedata import normalize

import sqlalchemy as sa

from integration.errors import LedgerError
from integration.ledger import heads
from integration.ledger.canonical import code
from integration.ledger.vocabulary import Role
from integration.reports.authorship import authorship
from integration.reports.authorship_sheet import authorship_sheet
from integration.reports.credits import credits_of
from integration.reports.credits_sheet import credits_sheet
from integration.reports.disclosure import Disclosure, disclosure
from integration.reports.disclosure_sheet import disclosure_sheet
from integration.reports.facts import facts
from integration.reports.labour import Rules, labour
from integration.reports.labour_sheet import labour_sheet
from integration.reports.months import span_of
from integration.reports.scope import Scope, entries_of
from integration.reports.sheet import Head, Sheet
from integration.reports.streamer_sheet import streamer_sheet
from integration.reports.tier_sheet import tier_sheet
from integration.reports.worked import told_to
from integration.settings import ProjectSettings, Settings
from integration.studio_clock import studio_day

_MOST_NAMED = 20
Make = Callable[[sa.Connection, Scope, Settings], Sheet]


def _credits(connection: sa.Connection, scope: Scope, settings: Settings) -> Sheet:
    rules = rules_of(settings, scope.show)
    span = span_of(scope, rules.time_zone, rules.day_start)
    return credits_sheet(credits_of(connection, scope, span=span, order=settings.credits.role_order))


def _labour(connection: sa.Connection, scope: Scope, settings: Settings) -> Sheet:
    rules, money = rules_of(settings, scope.show), settings.labour
    today = studio_day(datetime.now(UTC), rules.time_zone, rules.day_start)
    told = Rules(
        zone=rules.time_zone,
        day_start=rules.day_start,
        until=told_to(today, money.told_after_days),
        month_limit_hours=money.month_limit_hours,
        year_limit_hours=money.year_limit_hours,
        watts=money.render_watts,
        hour_price=money.gpu_hour_price,
        currency=money.currency,
        expected=(
            (code(rules.background_step), Role.BACKGROUND_ARTIST.value),
            (code(rules.layout_step), Role.LAYOUT_ARTIST.value),
        ),
    )
    return labour_sheet(labour(connection, scope, told))


def _disclosure(connection: sa.Connection, scope: Scope, settings: Settings) -> Sheet:
    return disclosure_sheet(_told(connection, scope, settings))


def _authorship(connection: sa.Connection, scope: Scope, settings: Settings) -> Sheet:
    rules = rules_of(settings, scope.show)
    return authorship_sheet(authorship(connection, scope, zone=rules.time_zone, day_start=rules.day_start))


def _streamer(connection: sa.Connection, scope: Scope, settings: Settings) -> Sheet:
    return streamer_sheet(_told(connection, scope, settings))


def _tier(connection: sa.Connection, scope: Scope, settings: Settings) -> Sheet:
    return tier_sheet(_told(connection, scope, settings))


OFFERED: Mapping[str, Make] = {
    "credits": _credits,
    "labour": _labour,
    "disclosure": _disclosure,
    "authorship": _authorship,
    "streamer": _streamer,
    "tier": _tier,
}
"""By the code that stands in addresses, commands and entries."""


def offered_sheet(connection: sa.Connection, report: str, scope: Scope, settings: Settings) -> Sheet:
    """The report with the code `report` about `scope`; rows must have been made with `facts.follow`.

    Raises:
        LedgerError: the record knows no such show, or nothing of it that is asked for, or the months are the wrong way round; or a
            stored entry is damaged.
    """
    scope = _normalised(scope)
    _require_something(connection, scope)
    return OFFERED[report](connection, scope, settings)


def head_of(connection: sa.Connection) -> Head | None:
    """The newest signed head, which a report names; None where nothing was signed yet."""
    newest = heads.newest(connection)
    return None if newest is None else Head(origin=newest.origin, size=newest.size, root_sha256=newest.root.hex())


def told_until(connection: sa.Connection) -> datetime:
    """The newest entry's moment, aware UTC: the day a report shows, the same whenever it is made of the same record."""
    newest = connection.execute(sa.select(sa.func.max(facts.c.at_ms))).scalar() or 0
    return datetime.fromtimestamp(newest / 1000, UTC)


def shows_of(connection: sa.Connection) -> list[str]:
    """Every show the record tells of, in order of name."""
    return sorted(str(show) for (show,) in connection.execute(_SHOWS) if show != "*")


def rules_of(settings: Settings, show: str) -> ProjectSettings:
    """The settings of a show, as they stand by its name; the usual ones for a show that is not in them."""
    named = {normalize("NFC", name): rules for name, rules in settings.projects.items()}
    return named.get(show, ProjectSettings())


_SHOWS = sa.text("""
    WITH RECURSIVE named(show) AS (
        SELECT MIN(show) FROM haikei_fact UNION ALL
        SELECT (SELECT MIN(show) FROM haikei_fact WHERE show > named.show) FROM named WHERE named.show IS NOT NULL
    ) SELECT show FROM named WHERE show IS NOT NULL
""")
"""From one to the next along the index, because there are few shows and many rows."""


def _told(connection: sa.Connection, scope: Scope, settings: Settings) -> Disclosure:
    rules = rules_of(settings, scope.show)
    return disclosure(connection, scope, zone=rules.time_zone, day_start=rules.day_start)


def _normalised(scope: Scope) -> Scope:
    return Scope(
        show=normalize("NFC", scope.show),
        episode=normalize("NFC", scope.episode),
        shots=tuple(normalize("NFC", shot) for shot in scope.shots),
        first=scope.first,
        last=scope.last,
    )


def _require_something(connection: sa.Connection, scope: Scope) -> None:
    if scope.first and scope.last and scope.first > scope.last:
        raise LedgerError(
            f"the months are the wrong way round: {scope.first:%Y-%m} to {scope.last:%Y-%m}", hint="Write the earlier one first."
        )
    if connection.execute(_one_of(Scope(show=scope.show))).first() is None:
        known = ", ".join(f"'{show}'" for show in shows_of(connection)[:_MOST_NAMED]) or "none yet"
        raise LedgerError(f"the record knows no show called '{scope.show:.80}'; it knows {known}", hint="Write its name as in the tracker.")
    for each in (replace(scope, shots=(shot,)) for shot in scope.shots or ("",)):
        asked = each if scope.shots else replace(scope, shots=())
        if connection.execute(_one_of(asked)).first() is None:
            what = " ".join(
                filter(None, (f"episode {scope.episode:.80}" * bool(scope.episode), *(f"cut {shot:.80}" for shot in asked.shots)))
            )
            raise LedgerError(
                f"the record holds nothing of {what} in '{scope.show:.80}'", hint="Episodes and cuts are written as in the tracker."
            )


def _one_of(scope: Scope) -> sa.Select[tuple[int]]:
    return sa.select(facts.c.idx).where(entries_of(scope)).limit(1)
