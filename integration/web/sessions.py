"""Who is signed in. Browsers alone know the tokens; here stand their hashes."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from integration.ledger.entry import milliseconds
from integration.web.rights import WebRole
from integration.web.sign_in_tables import links, sessions

_SEEN_EVERY_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody who signed in."""

    name: str
    person: str = ""
    """The tracker's id of the person; empty for somebody the tracker does not know, such as an auditor."""
    roles: frozenset[WebRole]
    shows: frozenset[str] = frozenset()
    """The only shows they see; empty: as their roles say."""
    account: str = ""
    """``account:`` with a hash of the provider's name for them, ``link:`` with that of their link's code; empty before they used it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in."""

    who: SignedIn
    form_token: str
    """Stands in every form of ours, and no other site knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a session lasts, and what it came from."""

    until: datetime
    """When it ends however much it is used, aware UTC."""
    idle: timedelta | None
    """How long it may rest; None: to its end."""
    rules: str = ""
    """Digest of the settings that gave somebody their roles; other settings end the session."""
    link_sha256: str = ""
    """Of the link it began with, by which it can be ended."""


def begin(connection: sa.Connection, who: SignedIn, limits: Limits, *, now: datetime) -> str:
    """Begin a session and return its token, 256 random bits for the browser's cookie; sessions that are over are swept out."""
    token, now_ms = secrets.token_urlsafe(32), milliseconds(now)
    connection.execute(sa.delete(sessions).where(_is_over(now_ms)))
    row = {
        **columns_of(who),
        "token_sha256": hashed(token),
        "form_token": secrets.token_urlsafe(32),
        "link_sha256": limits.link_sha256,
        "rules": limits.rules,
        "began_ms": now_ms,
        "seen_ms": now_ms,
        "idle_ms": limits.idle // timedelta(milliseconds=1) if limits.idle else 0,
        "until_ms": milliseconds(limits.until),
    }
    connection.execute(sa.insert(sessions).values(**row))
    return token


def session_of(engine: sa.Engine, token: str, *, now: datetime, rules: str = "") -> Session | None:
    """The session of a cookie's token; None when there is none, it is over, or it came by other `rules` than those that hold."""
    now_ms = milliseconds(now)
    mine = sessions.c.token_sha256 == hashed(token)
    valid = sa.and_(mine, sa.not_(_is_over(now_ms)), sessions.c.rules.in_(["", rules]))
    with engine.connect() as connection:
        row = connection.execute(sa.select(sessions).where(valid)).one_or_none()
    if row is None:
        return None
    if now_ms - row.seen_ms > _SEEN_EVERY_MS:
        with engine.begin() as connection:
            connection.execute(sa.update(sessions).where(mine).values(seen_ms=now_ms))
    return Session(who=who_of(row), form_token=row.form_token)


def end(connection: sa.Connection, token: str) -> None:
    """End the session of a token, if there is one."""
    connection.execute(sa.delete(sessions).where(sessions.c.token_sha256 == hashed(token)))


def end_all(connection: sa.Connection, *, person: str = "") -> int:
    """End every session, or those of a person, by the tracker's id; returns how many there were."""
    theirs = sessions.c.person == person if person else sa.true()
    return len(connection.execute(sa.delete(sessions).where(theirs).returning(sessions.c.token_sha256)).all())


def forget(connection: sa.Connection, person: str) -> None:
    """Erase a person, by the tracker's id or by `SignedIn.account`: end their sessions, and keep no link in their name."""
    connection.execute(sa.delete(sessions).where(sa.or_(sessions.c.person == person, sessions.c.account == person)))
    code = person.removeprefix("link:") if person.startswith("link:") else ""
    connection.execute(sa.delete(links).where(sa.or_(links.c.person == person, links.c.code_sha256 == code)))


def columns_of(who: SignedIn) -> dict[str, str]:
    """Whom a row of `sign_in_tables` is about."""
    roles = " ".join(sorted(role.value for role in who.roles))
    return {"name": who.name, "account": who.account, "person": who.person, "roles": roles, "shows": shows_text(who.shows)}


def who_of(row: sa.Row[tuple[object, ...]]) -> SignedIn:
    """Whom a row of `sign_in_tables` is about."""
    told = row._mapping
    return SignedIn(
        name=str(told["name"]),
        account=str(told["account"]),
        person=str(told["person"]),
        roles=frozenset(WebRole(role) for role in str(told["roles"]).split()),
        shows=frozenset(json.loads(str(told["shows"]))),
    )


def shows_text(shows: Iterable[str]) -> str:
    """Names of shows as a row holds them."""
    return json.dumps(sorted(shows), ensure_ascii=False)


def hashed(token: str) -> str:
    """What is kept of a token or a code."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_over(now_ms: int) -> sa.ColumnElement[bool]:
    rested = sa.and_(sessions.c.idle_ms > 0, sessions.c.seen_ms + sessions.c.idle_ms < now_ms)
    return sa.or_(sessions.c.until_ms < now_ms, rested)
