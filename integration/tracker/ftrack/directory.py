"""The people and groups of a site."""

import time
from collections.abc import Iterable, Mapping, Sequence

from integration.errors import NotFoundInTrackerError, TrackerError
from integration.production import Person, PersonId, ProjectId
from integration.tracker.ftrack.connection import Connection, Record
from integration.tracker.ftrack.query_text import among, is_id, quoted
from integration.tracker.ftrack.records import PERSON_FIELDS, person

_REMEMBERED_S = 600.0


class Directory:
    """Who is at one site. Entities name people by id; this knows the rest, and remembers it for ten minutes."""

    def __init__(self, connection: Connection) -> None:
        """Prepare; nothing is contacted yet."""
        self._connection = connection
        self._me = ""
        self._known: Mapping[str, tuple[float, Person]] = {}

    def me(self) -> str:
        """The id of the user we act as; asked once.

        Raises:
            TrackerError: the site does not show the user to itself.
        """
        if not self._me:
            user = self._connection.user
            record = self._connection.tried(lambda client: client.one(f"select username from User where username is {quoted(user)}"))
            if record is None:
                raise TrackerError(
                    f"{self._connection.site} does not show user '{user}' to itself",
                    hint="Ask the ftrack admin to let the user's role see users, and check ftrack.api_user.",
                )
            self._me = str(record["id"])
        return self._me

    def myself(self) -> Person:
        """See `Tracker.myself`."""
        return self.by_id([self.me()])[self.me()]

    def by_id(self, ids: Iterable[str | None]) -> Mapping[str, Person]:
        """Everybody with one of `ids`, people and groups, who works here or left; those the site does not show are left out."""
        now_s, wanted = time.monotonic(), {one for one in ids if one and is_id(one)}
        unknown = [one for one in wanted if self._known.get(one, (0.0, None))[0] < now_s]
        if unknown:
            me, listed = self.me(), among(unknown)
            queries = [f"select {fields} from {kind} where id in {listed}" for kind, fields in PERSON_FIELDS.items()]
            users, groups = self._connection.tried(lambda client: client.ask(*queries))
            found = {str(record["id"]): one for record in (*users, *groups) if (one := person(record, me=me))}
            self._known = {**self._known, **{number: (now_s + _REMEMBERED_S, one) for number, one in found.items()}}
        known = self._known
        return {one: known[one][1] for one in wanted if one in known}

    def people(self, names: Sequence[str], *, project: ProjectId) -> tuple[Person, ...]:
        """See `Tracker.people`. Everybody active is asked for at once: names are put together from parts that no query can join."""
        if not names:
            return ()
        queries = (f"select {PERSON_FIELDS['User']} from User where is_active is true", f"select {PERSON_FIELDS['Group']} from Group")
        users, groups = self._connection.tried(lambda client: client.ask(*queries))
        me = self.me()
        return tuple(_called(name, [user for user in users if user["id"] != me], groups, me) for name in names)

    def members(self, group: PersonId) -> tuple[Person, ...]:
        """See `Tracker.members`."""
        kind, _, number = group.partition(":")
        if kind not in PERSON_FIELDS or not is_id(number):
            raise NotFoundInTrackerError(f"'{group}' names nobody in ftrack", hint="Another tracker's id? Check the settings.")
        queries = [f"select {PERSON_FIELDS[kind]} from {kind} where id is {quoted(number)}"]
        if kind == "Group":
            queries.append(
                f"select {PERSON_FIELDS['User']} from User where is_active is true and memberships any (group_id is {quoted(number)})"
            )
        found, *inside = self._connection.tried(lambda client: client.ask(*queries))
        if not found:
            raise NotFoundInTrackerError(f"{kind} {number} is not at {self._connection.site}", hint="It was deleted: correct the settings.")
        me = self.me()
        people = [person(record, me=me) for record in (inside[0] if inside else found)]
        return tuple(sorted((one for one in people if one), key=lambda one: one.id))

    def active_person(self, person_id: PersonId) -> Person | None:
        """See `Tracker.active_person`; the user we act as is no person."""
        kind, _, number = person_id.partition(":")
        if kind != "User" or not is_id(number) or number == self.me():
            return None
        query = f"select {PERSON_FIELDS['User']} from User where id is {quoted(number)} and is_active is true"
        record = self._connection.tried(lambda client: client.one(query))
        return person(record, me=self.me()) if record else None


def _called(name: str, users: Sequence[Record], groups: Sequence[Record], me: str) -> Person:
    """The one whom `name` fits best: a login or e-mail before a name, a person before a group."""
    fits = (
        [user for user in users if name in (user.get("username"), user.get("email"))],
        [user for user in users if name in _names(user)],
        [group for group in groups if group.get("name") == name],
    )
    found = next(filter(None, fits), [])
    if not found:
        raise NotFoundInTrackerError(
            f"nobody active and no group is called '{name}'", hint="Write the login, e-mail or full name as it stands in ftrack."
        )
    if len(found) > 1:
        raise TrackerError(f"{len(found)} people are called '{name}'", hint="Write the login or e-mail instead.")
    match = person(found[0], me=me)
    assert match is not None, "users and groups are known kinds"
    return match


def _names(user: Record) -> set[str]:
    """How people may write somebody's full name: either part first, with a blank between or none."""
    parts = [part for part in (str(user.get("first_name") or "").strip(), str(user.get("last_name") or "").strip()) if part]
    return {between.join(order) for order in (parts, parts[::-1]) for between in (" ", "")} - {""}
