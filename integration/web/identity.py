"""From an account to a person: which roles somebody has, and who they are in the tracker and the record."""

import hashlib
from collections.abc import Collection
from unicodedata import normalize

import sqlalchemy as sa

from integration.errors import HaikeiError, NotFoundInTrackerError, TrackerError, TransientTrackerError
from integration.ledger import people, tables
from integration.production import PersonKind, ProjectId
from integration.studio import Studio
from integration.web.oidc import Account
from integration.web.rights import EVERY_SHOW, WebRole
from integration.web.sessions import SignedIn
from integration.web.sight import Sight
from integration.web_settings import WebSettings

_LONGEST_NAME = 200


class UnknownPersonError(HaikeiError):
    """Somebody signed in whom nobody gave a place here."""


def signed_in(studio: Studio, account: Account) -> SignedIn:
    """Who an account is here.

    Roles are those `web.roles` gives its e-mail address or groups; whoever it gives none is an artist if the tracker knows them.

    Raises:
        UnknownPersonError: neither the settings nor the tracker know them, or the tracker knows several.
        TransientTrackerError: the tracker does not answer.
    """
    web = studio.settings.web
    theirs = _names_of(account)
    roles = frozenset(WebRole(role) for role, named in web.roles.model_dump().items() if _is_named(theirs, named))
    person = _person(studio, account.email) if account.email else ""
    if not roles and not person:
        raise UnknownPersonError(
            "nobody here is known by this account",
            hint="Ask the pipeline TD to name you under [web.roles], or to compare your e-mail address in the tracker with this account's.",
        )
    only = {normalize("NFC", show) for name, shows in web.shows.items() if _is_named(theirs, [name]) for show in shows}
    return SignedIn(
        name=(account.name or account.email)[:_LONGEST_NAME],
        person=person,
        roles=roles or frozenset({WebRole.ARTIST}),
        shows=frozenset(only),
        account=account.digest,
    )


def rules_of(web: WebSettings) -> str:
    """Digest of every setting that decides what an account is here; a session lasts as long as they do."""
    told = web.model_dump_json(include={"roles": True, "people": True, "shows": True, "oidc": {"issuer", "client_id", "trust_email"}})
    return hashlib.sha256(told.encode()).hexdigest()


def sight_of(connection: sa.Connection, who: SignedIn, *, others: bool) -> Sight:
    """What somebody may see: every show, those they are limited to, or those the record knows them in."""
    own = frozenset(people.refs_of(connection, who.person)) if who.person else frozenset()
    if not EVERY_SHOW.isdisjoint(who.roles):
        return Sight(shows=who.shows or None, others=others, own=own)
    known = frozenset(connection.execute(sa.select(tables.people.c.show).where(tables.people.c.ref.in_(sorted(own)))).scalars())
    theirs = known & who.shows if who.shows else known
    return Sight(shows=theirs | who.shows if WebRole.AUDITOR in who.roles else theirs, others=others, own=own)


def ref_of(connection: sa.Connection, who: SignedIn, *, show: str) -> str:
    """Somebody's reference in a show's record; whoever has none gets one, so that what they took out can be told of them."""
    known = people.refs_of(connection, who.person, show=show) if who.person else set()
    return min(known) if known else people.person_ref(connection, show=show, person_id=who.person or who.account, name=who.name)


def _names_of(account: Account) -> frozenset[str]:
    """What settings may call an account, whatever the case of letters."""
    return frozenset({account.email.casefold(), *(f"group:{group}".casefold() for group in account.groups)} - {""})


def _is_named(theirs: Collection[str], names: Collection[str]) -> bool:
    return any(name.casefold() in theirs for name in names)


def _person(studio: Studio, email: str) -> str:
    """The tracker's id of the person with this address in one of our shows; empty when there is none."""
    logins = {name.casefold(): login for name, login in studio.settings.web.people.items()}
    login = logins.get(email.casefold(), email)
    found = set().union(*(_people_called(studio, login, project) for project in studio.projects)) if login else set()
    if len(found) > 1:
        raise _several()
    return found.pop() if found else ""


def _people_called(studio: Studio, login: str, project: ProjectId) -> set[str]:
    try:
        return {person.id for person in studio.tracker.people([login], project=project) if person.kind is PersonKind.HUMAN}
    except NotFoundInTrackerError:
        return set()
    except TransientTrackerError:
        raise
    except TrackerError as error:
        raise _several() from error


def _several() -> UnknownPersonError:
    return UnknownPersonError(
        "the tracker does not tell one person by this account's e-mail address",
        hint="Ask the pipeline TD: where several people have it, your login is named under web.people.",
    )
