"""What a studio sets about work: the hours that are watched over, what machines cost, and how much of them a show may spend."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabourSettings(_Part):
    """Limits of working hours, and what an hour of a machine costs."""

    month_limit_hours: int = Field(45, ge=1, le=744)
    """Overtime a month that is too much: 45 hours is Japan's limit, Labour Standards Act, article 36, paragraph 4."""
    year_limit_hours: int = Field(360, ge=1, le=8784)
    """Overtime a year that is too much: 360 hours in the same paragraph."""
    told_after_days: int = Field(7, ge=0, le=366)
    """Days after a month's end before a report counts the people over a limit: they see it themselves first."""
    gpu_hour_price: int = Field(0, ge=0, le=10**9)
    """What an hour of rendering costs, in whole smallest units of `currency`, such as yen or cents; 0: unknown."""
    currency: str = Field("JPY", pattern=r"^[A-Z]{3}$")
    """ISO 4217 code."""
    render_watts: int = Field(0, ge=0, le=1_000_000)
    """What a machine takes while it renders, in watts; 0: unknown."""


class Budget(_Part):
    """How much rendering a show may spend on drafts; once that is spent, no new drafts start."""

    machine_minutes: int = Field(0, ge=0, le=10**9)
    """Minutes of rendering; 0: no limit."""
    money: int = Field(0, ge=0, le=10**12)
    """What they may cost at `gpu_hour_price`, in whole smallest units of `currency`; 0: no limit."""
    since: date | None = None
    """First day that counts, in the show's zone; None: everything since the beginning."""
