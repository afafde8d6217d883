"""How much of its budget a show has spent on rendering drafts; once it is spent, no new drafts start.

Counted is what the record tells of every picture, and for pictures that are being painted now the mean of those. So a budget may be
overrun: by one layout, which is let in while anything is left; by what is being painted where it takes longer than the mean, as
pictures do that are painted twice; and by all that was let in before the show's first picture was finished. What was painted for a
round that was cancelled stands in no entry and is not counted. Nothing is stopped half way.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from integration.labour_settings import Budget, LabourSettings
from integration.ledger.canonical import code
from integration.ledger.entry import milliseconds
from integration.ledger.vocabulary import Kind
from integration.reports.facts import facts, follow
from integration.settings import ProjectSettings, Settings
from integration.studio_clock import studio_span
from integration.workflow import rounds

_MINUTE_MS = 60_000
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What rendering took in one show, and what it may take."""

    budget: Budget
    gpu_hour_price: int
    """In whole smallest units of `currency`; 0: unknown."""
    currency: str
    rendered_ms: int
    """Of all pictures since the budget's first day, as the record has them."""
    under_way_ms: int
    """What pictures that are being painted now may take; 0 where no picture of the show tells."""

    @property
    def minutes(self) -> int:
        """Whole minutes of rendering that are spent, with what is under way."""
        return (self.rendered_ms + self.under_way_ms) // _MINUTE_MS

    @property
    def money(self) -> int | None:
        """What they cost, in whole smallest units of `currency`; None where no price is set."""
        return (self.rendered_ms + self.under_way_ms) * self.gpu_hour_price // _HOUR_MS if self.gpu_hour_price else None

    @property
    def is_limited(self) -> bool:
        """Whether there is a limit at all."""
        return bool(self.budget.machine_minutes or self.budget.money)

    @property
    def is_spent(self) -> bool:
        """Whether a limit is reached."""
        enough = self.budget.machine_minutes and self.minutes >= self.budget.machine_minutes
        return bool(enough or (self.budget.money and (self.money or 0) >= self.budget.money))

    @property
    def words(self) -> str:
        """``612 of 600 minutes of rendering since 2026-10-01``; without a limit, what is spent."""
        minutes, money = self.budget.machine_minutes, self.budget.money
        told = [f"{self.minutes} of {minutes} minutes of rendering" if minutes else f"{self.minutes} minutes of rendering"]
        if self.money is not None:
            told.append(f"{self.money} of {money} {self.currency}" if money else f"{self.money} {self.currency}")
        since = f" since {self.budget.since}" if self.budget.since else ""
        return f"{', '.join(told)}{since}{', with what is being painted now' if self.under_way_ms else ''}"


def spending_of(engine: sa.Engine, project: str, rules: ProjectSettings, labour: LabourSettings) -> Spending:
    """What the project with the tracker's id `project` has spent; nothing is counted where it has no budget, whatever it took.

    Raises:
        LedgerError: a stored entry is damaged.
    """
    if not (rules.budget.machine_minutes or rules.budget.money):
        return _spending(rules, labour, rendered_ms=0, under_way_ms=0)
    follow(engine)
    with engine.connect() as connection:
        return _counted(connection, project, rules, labour)


def every_spending(engine: sa.Engine, settings: Settings) -> dict[str, Spending]:
    """What each enabled show has spent, by its name in settings, with a budget or without; asks no tracker.

    Raises:
        LedgerError: a stored entry is damaged.
    """
    follow(engine)
    with engine.connect() as connection:
        return {
            name: _counted(connection, _project_called(connection, name), rules, settings.labour)
            for name, rules in settings.projects.items()
        }


def _counted(connection: sa.Connection, project: str, rules: ProjectSettings, labour: LabourSettings) -> Spending:
    """Two sums over an index that holds all they need."""
    since = rules.budget.since
    since_ms = milliseconds(studio_span(since, rules.time_zone, rules.day_start)[0]) if since else 0
    painted = (facts.c.project == project) & (facts.c.kind == Kind.DRAFT_RENDERED)
    sums = sa.select(
        sa.func.coalesce(sa.func.sum(sa.case((facts.c.at_ms >= since_ms, facts.c.render_ms), else_=0)), 0),
        sa.func.coalesce(sa.func.sum(facts.c.render_ms), 0),
        sa.func.count(facts.c.render_ms),
    )
    rendered_ms, ever_ms, pictures = connection.execute(sums.where(painted)).one()
    waiting = rounds.under_way_in(connection, project=project) * rules.drafts
    return _spending(
        rules, labour, rendered_ms=int(rendered_ms), under_way_ms=waiting * int(ever_ms) // int(pictures) if pictures and waiting else 0
    )


def _spending(rules: ProjectSettings, labour: LabourSettings, *, rendered_ms: int, under_way_ms: int) -> Spending:
    return Spending(
        budget=rules.budget,
        gpu_hour_price=labour.gpu_hour_price,
        currency=labour.currency,
        rendered_ms=rendered_ms,
        under_way_ms=under_way_ms,
    )


def _project_called(connection: sa.Connection, name: str) -> str:
    """The tracker's id of the project that settings call `name`, by its name or its id."""
    requested = facts.c.kind == Kind.DRAFT_REQUESTED
    called = sa.select(facts.c.project).where(requested & (facts.c.show == code(name)) & (facts.c.project != ""))
    return str(connection.execute(called.order_by(facts.c.idx.desc()).limit(1)).scalar() or name)
