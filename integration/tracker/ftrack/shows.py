"""The projects of a site by id; what stands in one names it by its id alone."""

import time
from collections.abc import Iterable, Mapping

from integration.production import Project
from integration.tracker.ftrack.connection import Connection
from integration.tracker.ftrack.query_text import among, is_id
from integration.tracker.ftrack.records import to_project

_REMEMBERED_S = 600.0


class Shows:
    """Names of projects, each remembered for ten minutes. ftrack's contexts lead to their project by id, not all of them to itself."""

    def __init__(self, connection: Connection) -> None:
        """Prepare; nothing is contacted yet."""
        self._connection = connection
        self._known: Mapping[str, tuple[float, Project]] = {}

    def all(self) -> tuple[Project, ...]:
        """Every project the site shows us, by name."""
        return tuple(
            map(to_project, self._connection.tried(lambda client: client.ask("select name, full_name from Project order by full_name")[0]))
        )

    def by_id(self, ids: Iterable[str]) -> Mapping[str, Project]:
        """The projects with `ids`; those the site does not show are left out."""
        now_s, wanted = time.monotonic(), {one for one in ids if is_id(one)}
        unknown = [one for one in wanted if one not in self._known or self._known[one][0] < now_s]
        if unknown:
            query = f"select name, full_name from Project where id in {among(unknown)}"
            found = map(to_project, self._connection.tried(lambda client: client.ask(query)[0]))
            self._known = {**self._known, **{str(one.id): (now_s + _REMEMBERED_S, one) for one in found}}
        known = self._known
        return {one: known[one][1] for one in wanted if one in known}
