"""From an account to a person: which roles somebody has, and who they are in the tracker and the record."""

from collections.abc import Mapping

import sqlalchemy as sa

from integration.errors import HaikeiError, NotFoundInTrackerError
from integration.ledger import people, tables
from integration.production import PersonKind
from integration.studio import Studio
from integration.web.oidc import Account
from integration.web.rights import EVERY_SHOW, WebRole
from integration.web.sessions import SignedIn
from integration.web.sight import Sight


class UnknownPersonError(HaikeiError):
    """Somebody signed in whom nobody gave a place here."""


def signed_in(studio: Studio, account: Account) -> SignedIn:
    """Who an account is here.

    Roles are those `web.roles` gives its e-mail address or groups; whoever it gives none is an artist if the tracker knows them.

    Raises:
        UnknownPersonError: neither the settings nor the tracker know them.
        TransientTrackerError: the tracker does not answer.
    """
    roles = _roles(account, studio.settings.web.roles.model_dump())
    person = _person(studio, account.email) if account.email else ""
    if not roles and not person:
        raise UnknownPersonError(
            "nobody here is known by this account",
            hint="Ask the pipeline TD to name you under [web.roles], or to compare your e-mail address in the tracker with this account's.",
        )
    return SignedIn(name=account.name or account.email, person=person, roles=roles or frozenset({WebRole.ARTIST}))


def sight_of(connection: sa.Connection, who: SignedIn, *, others: bool) -> Sight:
    """What somebody may see: every show, the one of their link, or those the record knows them in."""
    own = frozenset(people.refs_of(connection, who.person)) if who.person else frozenset()
    if who.show:
        return Sight(shows=frozenset({who.show}), others=others, own=own)
    if not EVERY_SHOW.isdisjoint(who.roles):
        return Sight(shows=None, others=others, own=own)
    known = sa.select(tables.people.c.show).where(tables.people.c.ref.in_(sorted(own)))
    return Sight(shows=frozenset(connection.execute(known).scalars()), others=others, own=own)


def _roles(account: Account, named: Mapping[str, tuple[str, ...]]) -> frozenset[WebRole]:
    theirs = {account.email.casefold(), *(f"group:{group}".casefold() for group in account.groups)} - {""}
    return frozenset(WebRole(role) for role, names in named.items() if not theirs.isdisjoint(name.casefold() for name in names))


def _person(studio: Studio, email: str) -> str:
    """The tracker's id of the person with this address in one of our shows; empty when there is none, or more than one."""
    found = set()
    for project in studio.projects:
        try:
            found |= {person.id for person in studio.tracker.people([email], project=project) if person.kind is PersonKind.HUMAN}
        except NotFoundInTrackerError:
            continue
    return found.pop() if len(found) == 1 else ""
