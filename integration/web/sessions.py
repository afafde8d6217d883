"""Who is signed in: sessions and the one-time links that begin them. Tokens are known to browsers alone; here stand their hashes."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from integration.ledger.entry import milliseconds
from integration.web.rights import WebRole

metadata = sa.MetaData()
"""Tables of this module; whoever opens the database creates them."""

sessions = sa.Table(
    "haikei_session",
    metadata,
    sa.Column("token_sha256", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("show", sa.Text, nullable=False),
    sa.Column("form_token", sa.Text, nullable=False),
    sa.Column("link_sha256", sa.Text, nullable=False),
    sa.Column("began_ms", sa.BigInteger, nullable=False),
    sa.Column("seen_ms", sa.BigInteger, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),
)
"""One row for each browser that is signed in."""

links = sa.Table(
    "haikei_sign_in_link",
    metadata,
    sa.Column("code_sha256", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("show", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("open_until_ms", sa.BigInteger, nullable=False),
    sa.Column("session_until_ms", sa.BigInteger, nullable=False),
    sa.Column("times_left", sa.Integer, nullable=False),
)
"""Links somebody was given, by the hash of their code."""

IDLE = timedelta(hours=2)
"""A session ends when nobody used it so long."""
_SEEN_EVERY_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody who signed in."""

    name: str
    person: str
    """The tracker's id of the person; empty for somebody the tracker does not know, such as an auditor."""
    roles: frozenset[WebRole]
    show: str = ""
    """The one show they may see; empty: as their roles say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in."""

    who: SignedIn
    form_token: str
    """Stands in every form of ours, and no other site knows it."""


def begin(connection: sa.Connection, who: SignedIn, *, now: datetime, until: datetime, link_sha256: str = "") -> str:
    """Begin a session and return its token, 256 random bits for the browser's cookie; sessions that ended are swept out.

    Args:
        connection: whose transaction this is part of.
        who: signed in.
        now: aware UTC.
        until: when it ends however much it is used.
        link_sha256: of the link it began with, if one, by which it can be ended.
    """
    token, now_ms = secrets.token_urlsafe(32), milliseconds(now)
    connection.execute(sa.delete(sessions).where(_is_over(now_ms)))
    row = {**_columns(who), "token_sha256": _hash(token), "form_token": secrets.token_urlsafe(32), "link_sha256": link_sha256}
    times = {"began_ms": now_ms, "seen_ms": now_ms, "until_ms": milliseconds(until)}
    connection.execute(sa.insert(sessions).values(**row, **times))
    return token


def session_of(engine: sa.Engine, token: str, *, now: datetime) -> Session | None:
    """The session of a cookie's token; None when there is none, or it is over."""
    now_ms = milliseconds(now)
    mine = sessions.c.token_sha256 == _hash(token)
    with engine.connect() as connection:
        row = connection.execute(sa.select(sessions).where(mine, sa.not_(_is_over(now_ms)))).one_or_none()
    if row is None:
        return None
    if now_ms - row.seen_ms > _SEEN_EVERY_MS:
        with engine.begin() as connection:
            connection.execute(sa.update(sessions).where(mine).values(seen_ms=now_ms))
    return Session(who=_who(row), form_token=row.form_token)


def end(connection: sa.Connection, token: str) -> None:
    """End the session of a token, if there is one."""
    connection.execute(sa.delete(sessions).where(sessions.c.token_sha256 == _hash(token)))


def make_link(
    connection: sa.Connection,
    who: SignedIn,
    *,
    now: datetime,
    open_until: datetime,
    session_until: datetime,
    times: int = 1,
    made_by: str = "",
) -> str:
    """Make a link that signs `who` in and return its code, which is shown once.

    Args:
        connection: whose transaction this is part of.
        who: whom it is for.
        now: aware UTC.
        open_until: until when it may be used.
        session_until: when sessions that begin with it end.
        times: how often it may be used.
        made_by: who gave it out, in words.
    """
    code = secrets.token_urlsafe(24)
    times_ms = {"made_ms": now, "open_until_ms": open_until, "session_until_ms": session_until}
    row = {**_columns(who), "code_sha256": _hash(code), "made_by": made_by, "times_left": times}
    connection.execute(sa.insert(links).values(**row, **{name: milliseconds(moment) for name, moment in times_ms.items()}))
    return code


def use_link(connection: sa.Connection, code: str, *, now: datetime) -> tuple[SignedIn, datetime, str] | None:
    """Use a link once: who it is for, when their session ends, and the code's hash; None when it is none of ours, used up or too old."""
    used = (
        sa.update(links)
        .where(links.c.code_sha256 == _hash(code), links.c.times_left > 0, links.c.open_until_ms >= milliseconds(now))
        .values(times_left=links.c.times_left - 1)
        .returning(*links.c)
    )
    row = connection.execute(used).one_or_none()
    if row is None:
        return None
    return _who(row), datetime.fromtimestamp(row.session_until_ms / 1000, now.tzinfo), row.code_sha256


def end_links(connection: sa.Connection, *, role: WebRole, show: str) -> int:
    """Take back every link of a role to a show, and end the sessions that began with them; returns how many links there were."""
    theirs = sa.select(links.c.code_sha256).where(links.c.roles == role.value, links.c.show == show)
    codes = list(connection.execute(theirs).scalars())
    connection.execute(sa.delete(sessions).where(sessions.c.link_sha256.in_(codes)))
    connection.execute(sa.delete(links).where(links.c.code_sha256.in_(codes)))
    return len(codes)


def _is_over(now_ms: int) -> sa.ColumnElement[bool]:
    return sa.or_(sessions.c.until_ms < now_ms, sessions.c.seen_ms < now_ms - IDLE // timedelta(milliseconds=1))


def _columns(who: SignedIn) -> dict[str, str]:
    return {"name": who.name, "person": who.person, "roles": _joined(who.roles), "show": who.show}


def _who(row: sa.Row[tuple[object, ...]]) -> SignedIn:
    told = row._mapping
    roles = frozenset(WebRole(role) for role in str(told["roles"]).split())
    return SignedIn(name=str(told["name"]), person=str(told["person"]), roles=roles, show=str(told["show"]))


def _joined(roles: Iterable[WebRole]) -> str:
    return " ".join(sorted(role.value for role in roles))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
