"""Links that sign somebody in once: for a trial on one machine, and for an auditor from outside."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from integration.ledger.entry import milliseconds
from integration.web.rights import WebRole
from integration.web.sessions import SignedIn, columns_of, hashed, shows_text, who_of
from integration.web.sign_in_tables import links, sessions

_KEPT = timedelta(days=1)
"""How long a trial's link stays after it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A link at the moment it is used."""

    who: SignedIn
    until: datetime
    """When the session that begins with it ends at the latest."""
    sha256: str
    """Of its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A link as it is listed."""

    who: SignedIn
    made_by: str
    """Reference of who gave it out."""
    made_at: datetime
    until: datetime
    used_at: datetime | None
    ended_at: datetime | None
    """When it was taken back."""


def make_link(
    connection: sa.Connection, who: SignedIn, *, now: datetime, open_until: datetime, session_until: datetime, made_by: str = ""
) -> str:
    """Make a link that signs `who` in once and return its code, which is shown once.

    Args:
        connection: whose transaction this is part of.
        who: whom it is for.
        now: aware UTC.
        open_until: until when it may be used.
        session_until: when the session that begins with it ends.
        made_by: reference of who gave it out; empty on the terminal of a trial.
    """
    code = secrets.token_urlsafe(32)
    passing = sa.and_(links.c.made_by == "", links.c.open_until_ms < milliseconds(now - _KEPT))
    connection.execute(sa.delete(links).where(passing))
    times_ms = {"made_ms": now, "open_until_ms": open_until, "session_until_ms": session_until}
    row = {**columns_of(who), "code_sha256": hashed(code), "made_by": made_by}
    connection.execute(sa.insert(links).values(**row, **{name: milliseconds(moment) for name, moment in times_ms.items()}))
    return code


def use_link(connection: sa.Connection, code: str, *, now: datetime) -> Used | None:
    """Use a link up; None when it is none of ours, was used or taken back, or is too old."""
    now_ms = milliseconds(now)
    used = (
        sa.update(links)
        .where(links.c.code_sha256 == hashed(code), links.c.used_ms.is_(None), links.c.ended_ms.is_(None), links.c.open_until_ms >= now_ms)
        .values(used_ms=now_ms)
        .returning(*links.c)
    )
    row = connection.execute(used).one_or_none()
    return Used(who=who_of(row), until=_moment(row.session_until_ms), sha256=row.code_sha256) if row else None


def given_links(connection: sa.Connection, role: WebRole) -> Iterator[Given]:
    """The links that were given out to a role, newest first."""
    query = sa.select(links).where(links.c.roles == role.value).order_by(links.c.made_ms.desc(), links.c.code_sha256)
    for row in connection.execute(query):
        yield Given(
            who=who_of(row),
            made_by=row.made_by,
            made_at=_moment(row.made_ms),
            until=_moment(row.session_until_ms),
            used_at=_moment(row.used_ms) if row.used_ms is not None else None,
            ended_at=_moment(row.ended_ms) if row.ended_ms is not None else None,
        )


def end_links(connection: sa.Connection, *, role: WebRole, show: str, now: datetime, name: str = "") -> int:
    """Take back the links of a role to a show, or only those for `name`, and end their sessions; returns how many were still open."""
    now_ms = milliseconds(now)
    theirs = [links.c.roles == role.value, links.c.shows == shows_text([show]), links.c.ended_ms.is_(None)]
    if name:
        theirs.append(links.c.name == name)
    taken = sa.update(links).where(*theirs, links.c.session_until_ms >= now_ms).values(ended_ms=now_ms).returning(links.c.code_sha256)
    codes = connection.execute(taken).scalars().all()
    connection.execute(sa.delete(sessions).where(sessions.c.link_sha256.in_(codes)))
    return len(codes)


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
