"""Which report somebody asks for: kept here under a random name, so that nothing of it stands in addresses."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from unicodedata import normalize

import sqlalchemy as sa

from integration.ledger.entry import milliseconds
from integration.reports.offered import OFFERED
from integration.reports.scope import Scope

metadata = sa.MetaData()
"""Tables of this module; whoever opens the database creates them."""

asked_reports = sa.Table(
    "haikei_asked_report",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("whose", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),
)
"""One row for each report that was asked for, of one session."""

KEPT = timedelta(days=1)
"""How long a report can be opened again by its address."""
MOST_CUTS = 500
"""Cuts in one report; more are an episode or a show."""
_LONGEST = 200
_MONTH = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedReport:
    """A report and what it is about."""

    report: str
    scope: Scope


def read_asked(form: Mapping[str, str]) -> AskedReport | None:
    """What a form asks for; None where that is no report of ours."""
    cuts = tuple(dict.fromkeys(part for part in re.split(r"[\s,、，]+", normalize("NFC", form.get("cuts", ""))) if part))
    months = [form.get(name, "") for name in ("first", "last")]
    fits = form.get("report") in OFFERED and len(cuts) <= MOST_CUTS and all(_MONTH.fullmatch(month) for month in months if month)
    texts = [form.get("show", ""), form.get("episode", ""), *cuts]
    if not fits or not texts[0] or any(len(text) > _LONGEST for text in texts):
        return None
    first, last = (date(int(month[:4]), int(month[5:]), 1) if month else None for month in months)
    scope = Scope(show=normalize("NFC", texts[0]), episode=normalize("NFC", texts[1].strip()), shots=cuts, first=first, last=last)
    return AskedReport(report=form["report"], scope=scope)


def keep(connection: sa.Connection, asked: AskedReport, *, token: str) -> str:
    """Keep what the session with the form token `token` asks for, and return its name; what is too old goes."""
    now = datetime.now(UTC)
    connection.execute(sa.delete(asked_reports).where(asked_reports.c.until_ms < milliseconds(now)))
    scope, name = asked.scope, secrets.token_urlsafe(12)
    months = {place: month and month.isoformat() for place, month in (("first", scope.first), ("last", scope.last))}
    body = {"report": asked.report, "show": scope.show, "episode": scope.episode, "shots": scope.shots, **months}
    row = {"name": name, "whose": _hash(token), "body": json.dumps(body), "until_ms": milliseconds(now + KEPT)}
    connection.execute(sa.insert(asked_reports).values(**row))
    return name


def kept(connection: sa.Connection, name: str, *, token: str) -> AskedReport | None:
    """What that name stands for in this session; None when nothing, or another's."""
    fits = (asked_reports.c.name == name) & (asked_reports.c.whose == _hash(token))
    body = connection.execute(sa.select(asked_reports.c.body).where(fits)).scalar()
    if body is None:
        return None
    told = json.loads(body)
    first, last = (told[place] and date.fromisoformat(told[place]) for place in ("first", "last"))
    scope = Scope(show=told["show"], episode=told["episode"], shots=tuple(told["shots"]), first=first, last=last)
    return AskedReport(report=told["report"], scope=scope)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
