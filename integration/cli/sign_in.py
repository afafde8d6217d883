"""`haikei sign-in` and `haikei auditor`: links by which somebody opens the pages without the studio's account."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unicodedata import normalize
from urllib.parse import urlsplit

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from integration.cli.cells import cell
from integration.cli.kept_record import require_record
from integration.database import make_tables
from integration.errors import LedgerError, SettingsError
from integration.ledger import people, tables
from integration.reports.facts import follow
from integration.reports.offered import shows_of
from integration.reports.terminal import safe
from integration.settings import Settings, read_settings
from integration.web import links, sessions
from integration.web.gate import SIGN_IN
from integration.web.links import Given
from integration.web.rights import WebRole
from integration.web.sessions import SignedIn
from integration.web.sign_in_tables import metadata as sign_in_tables
from integration.web_settings import LOOPBACK, WebSettings
from integration.workflow.statements import person_called

OPEN_FOR = timedelta(minutes=10)
"""How long a link of the trial may be used, once."""


def trial_link(engine: sa.Engine, web: WebSettings, address: str, *, roles: Collection[WebRole], name: str, person: str = "") -> str:
    """A link for one sign-in on this machine within ten minutes.

    Args:
        engine: of haikei's database.
        web: the pages' settings.
        address: what browsers call the pages by.
        roles: of whoever uses it.
        name: shown as theirs.
        person: the tracker's id of whom they are; empty: nobody the record knows.

    Raises:
        SettingsError: the pages can be reached from other machines.
    """
    if not web.is_trial or urlsplit(address).hostname not in LOOPBACK:
        raise SettingsError(
            "links on the terminal are for trials on one machine, and these pages are open to others",
            hint="Set [web.oidc], so that people sign in with the studio's accounts; for an outsider: haikei auditor link.",
        )
    make_tables(engine, sign_in_tables)
    now = datetime.now(UTC)
    who = SignedIn(name=name, person=person, roles=frozenset(roles))
    with engine.begin() as connection:
        until = now + timedelta(hours=web.session_hours)
        code = links.make_link(connection, who, now=now, open_until=now + OPEN_FOR, session_until=until, made_by="terminal")
    return f"{address}{SIGN_IN}#code={code}"


def print_trial_link(file: Path | None, roles: Collection[WebRole], *, person: str) -> None:
    """Print a trial's link.

    Raises:
        LedgerError: there is no record yet, or it knows nobody, or several, called `person`.
        SettingsError: there are no pages, or they can be reached from other machines.
    """
    settings = read_settings(file)
    web, address = settings.web, _address(settings)
    engine = require_record(settings)
    with engine.connect() as connection:
        person_id = _person_id(connection, person) if person else ""
    name = person or ", ".join(sorted(role.value for role in roles))
    print(trial_link(engine, web, address, roles=roles, name=name, person=person_id))
    Console(stderr=True).print("Works once, within ten minutes, on this machine.", highlight=False)


def print_auditor_link(file: Path | None, *, show: str, name: str, days: int, by: str) -> None:
    """Print a link for an auditor of one show.

    Raises:
        LedgerError: there is no record, it knows no such show, or nobody called `by` in it.
        SettingsError: there are no pages.
    """
    settings = read_settings(file)
    engine, address, show = require_record(settings), _address(settings), normalize("NFC", show)
    follow(engine)
    now = datetime.now(UTC)
    until = now + timedelta(days=days)
    with engine.begin() as connection:
        if show not in shows_of(connection):
            raise LedgerError(f"the record knows no show called '{show:.80}'", hint="Write its name as in the tracker.")
        ref = person_called(connection, by, show=show)
        who = SignedIn(name=name, roles=frozenset({WebRole.AUDITOR}), shows=frozenset({show}))
        code = links.make_link(connection, who, now=now, open_until=until, session_until=until, made_by=ref)
    print(f"{address}{SIGN_IN}#code={code}")
    Console(stderr=True).print(
        f"For {safe(name)}: the browser that opens it first reads {safe(show)} until {until:%Y-%m-%d %H:%M} UTC, and nothing else. "
        "The link is shown this once; `haikei auditor end` takes it back.",
        highlight=False,
    )


def list_auditors(file: Path | None) -> None:
    """Print who was let in, to what, by whom and until when, those whose time is over too.

    Raises:
        LedgerError: there is no record.
    """
    table, now = Table("who", "show", "given by", "given", "until", "stands"), datetime.now(UTC)
    with require_record(read_settings(file)).connect() as connection:
        given = list(links.given_links(connection, WebRole.AUDITOR))
        names = people.names(connection, {link.made_by for link in given})
    if not given:
        print("No auditor was given a link.")
        return
    for link in given:
        days = (f"{moment:%Y-%m-%d %H:%M}" for moment in (link.made_at, link.until))
        table.add_row(
            cell(link.who.name), cell(", ".join(sorted(link.who.shows))), cell(names[link.made_by].name), *days, _stands(link, now)
        )
    Console().print(table)


def end_auditors(file: Path | None, *, show: str, name: str = "") -> None:
    """Take back auditors' links to a show, or those of one auditor, and end their sessions.

    Raises:
        LedgerError: there is no record.
    """
    now = datetime.now(UTC)
    with require_record(read_settings(file)).begin() as connection:
        count = links.end_links(connection, role=WebRole.AUDITOR, show=normalize("NFC", show), name=name, now=now)
    print(f"{count} links to {safe(show)} were taken back, and their sessions ended.")


def end_sessions(file: Path | None, *, person: str = "") -> None:
    """Sign everybody out, or one person, wherever they are signed in.

    Raises:
        LedgerError: there is no record yet, or it knows nobody, or several, called `person`.
    """
    with require_record(read_settings(file)).begin() as connection:
        count = sessions.end_all(connection, person=_person_id(connection, person) if person else "")
    print(f"{count} sessions ended.")


def _stands(link: Given, now: datetime) -> str:
    if link.ended_at is not None:
        return f"taken back {link.ended_at:%Y-%m-%d %H:%M}"
    if link.until < now:
        return "over"
    return f"opened {link.used_at:%Y-%m-%d %H:%M}" if link.used_at else "not opened yet"


def _address(settings: Settings) -> str:
    web = settings.web
    if not web.port:
        raise SettingsError("there are no pages: web.port is 0", hint="Set web.port in haikei.toml and start `haikei up` again.")
    return web.public_url or f"http://{web.host}:{web.port}"


def _person_id(connection: sa.Connection, name: str) -> str:
    """The tracker's id of the one person with this name, name in Latin letters, or id, in any show."""
    columns = tables.people.c
    called = sa.or_(columns.name == name, columns.name_en == name, columns.tracker_person_id == name)
    ids = set(connection.execute(sa.select(columns.tracker_person_id).where(called)).scalars())
    if len(ids) != 1:
        many = "several people" if ids else "nobody"
        raise LedgerError(f"the record knows {many} called {name!r:.80}", hint="Write the person's id in the tracker.")
    return str(ids.pop())
