"""The people, groups and scripts of a site."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from integration.errors import NotFoundInTrackerError, TrackerError, TransientTrackerError
from integration.production import Person, PersonId, PersonKind, ProjectId
from integration.tracker.shotgrid.connection import Connection
from integration.tracker.shotgrid.records import PERSON_FIELDS, STATUS, person

_BY_ID = [{"field_name": "id", "direction": "asc"}]
_REMEMBERED_S = 600.0


class Directory:
    """Who is at one site. Links name a person only as shown; this knows the rest, and remembers it for ten minutes."""

    def __init__(self, connection: Connection) -> None:
        """Prepare; nothing is contacted yet."""
        self._connection = connection
        self._known: Mapping[PersonId, tuple[float, Person]] = {}

    def myself(self) -> Person:
        """See `Tracker.myself`."""
        script = self._connection.script
        record = self._connection.tried(lambda sg: sg.find_one("ApiUser", [["firstname", "is", script]], PERSON_FIELDS["ApiUser"]))
        found = person(record)
        if found is None:
            raise TrackerError(
                f"{self._connection.site} does not show script '{script}' to itself",
                hint="Ask the ShotGrid admin to let the script's role read Scripts.",
            )
        return found

    def in_full(self, people: Iterable[Person]) -> Mapping[PersonId, Person]:
        """Everybody in `people` with English name and role, where the site has them and lets us read them."""
        now_s = time.monotonic()
        humans = {one.id for one in people if one.kind is PersonKind.HUMAN and one.id.startswith("HumanUser:")}
        unknown = [int(one.partition(":")[2]) for one in humans if self._known.get(one, (0.0, None))[0] < now_s]
        if unknown:
            try:
                found = self._all("HumanUser", [["id", "in", unknown]])
            except TransientTrackerError:
                raise
            except TrackerError:
                found = []  # a role that may not read people still sees their names in links
            self._known = {**self._known, **{one.id: (now_s + _REMEMBERED_S, one) for one in found}}
        known = self._known
        return {one: known[one][1] for one in humans if one in known}

    def people(self, names: Sequence[str], *, project: ProjectId) -> tuple[Person, ...]:
        """See `Tracker.people`."""
        return tuple(self._called(name, project) for name in names)

    def _called(self, name: str, project: ProjectId) -> Person:
        called = {"filter_operator": "any", "filters": [[field, "is", name] for field in ("login", "email", "name")]}
        fields = [*PERSON_FIELDS["HumanUser"], "projects"]
        found = self._records("HumanUser", [called, [STATUS, "is", "act"]], fields)
        for narrower in (
            [record for record in found if name in (record.get("login"), record.get("email"))],
            [record for record in found if any(str(show["id"]) == project for show in record.get("projects") or ())],
        ):
            found = narrower if len(found) > 1 and narrower else found
        found = found or self._records("Group", [["code", "is", name]], PERSON_FIELDS["Group"])
        if not found:
            raise NotFoundInTrackerError(
                f"nobody active and no group is called '{name}'", hint="Write the login, e-mail or full name as it stands in ShotGrid."
            )
        if len(found) > 1:
            raise TrackerError(f"{len(found)} people are called '{name}'", hint="Write the login or e-mail instead.")
        match = person(found[0])
        assert match is not None, "people and groups are known kinds"
        return match

    def members(self, group: PersonId) -> tuple[Person, ...]:
        """See `Tracker.members`."""
        kind, _, number = group.partition(":")
        if kind not in PERSON_FIELDS or not number.isdecimal():
            raise NotFoundInTrackerError(f"'{group}' names nobody in ShotGrid", hint="Another tracker's id? Check the settings.")
        fields = ["users"] if kind == "Group" else PERSON_FIELDS[kind]
        record = self._connection.tried(lambda sg: sg.find_one(kind, [["id", "is", int(number)]], fields))
        if record is None:
            raise NotFoundInTrackerError(f"{kind} {number} is not at {self._connection.site}", hint="It was deleted: correct the settings.")
        if kind != "Group":
            found = person(record)
            return (found,) if found else ()
        ids = [user["id"] for user in record.get("users") or () if user["type"] == "HumanUser"]
        return tuple(self._all("HumanUser", [["id", "in", ids], [STATUS, "is", "act"]])) if ids else ()

    def active_person(self, person_id: PersonId) -> Person | None:
        """See `Tracker.active_person`."""
        kind, _, number = person_id.partition(":")
        if kind != "HumanUser" or not number.isascii() or not number.isdecimal():
            return None
        found = self._all(kind, [["id", "is", int(number)], [STATUS, "is", "act"]])
        return found[0] if found else None

    def _all(self, kind: str, filters: list[Any]) -> list[Person]:
        return [found for found in map(person, self._records(kind, filters, PERSON_FIELDS[kind])) if found]

    def _records(self, kind: str, filters: list[Any], fields: list[str]) -> list[dict[str, Any]]:
        return list(self._connection.tried(lambda sg: sg.find(kind, filters, fields, order=[dict(part) for part in _BY_ID])))
