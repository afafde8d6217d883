"""The attribute of a Project that holds its AI policy, and who changed which attributes as the site's activity log tells."""

import json
from collections.abc import Sequence
from datetime import datetime

from integration.errors import NotFoundInTrackerError
from integration.production import BackgroundId, Person, ProjectId
from integration.tracker.ftrack.connection import Client, Connection, Record
from integration.tracker.ftrack.directory import Directory
from integration.tracker.ftrack.query_text import id_of, moment, quoted
from integration.tracker.ftrack.records import AI_POLICY, ATTRIBUTES, at, mapped
from integration.tracker.protocol import WrittenPolicy

_MOST = 200
"""Characters of an attribute's key that are asked for; more are none of ours."""


def read_policy(connection: Connection, directory: Directory, project: ProjectId) -> WrittenPolicy:
    """See `Tracker.ai_policy`; a site without the attribute says nothing, and so allows nothing."""
    number = id_of(project)

    def read(client: Client) -> tuple[list[Record], list[Record]]:
        found, changes = client.ask(
            f"select {ATTRIBUTES} from Project where id is {quoted(number)}", _changes(number, "order by created_at descending")
        )
        return found, changes

    found, changes = connection.tried(read)
    if not found:
        raise NotFoundInTrackerError(f"project {project} is not to be seen", hint="Ask the ftrack admin to let haikei's user see it.")
    text = str(mapped(found[0], "custom_attributes").get(AI_POLICY) or "")
    last = next((row for row in changes if AI_POLICY in _keys(row)), None) if text.strip() else None
    if last is None:
        return WrittenPolicy(text=text, by=None)
    by = directory.by_id([last.get("user_id")]).get(str(last.get("user_id")))
    return (
        WrittenPolicy(text=text, by=by, at=at(last.get("created_at")), event_id=f"event:{last['id']}")
        if by
        else WrittenPolicy(text=text, by=None)
    )


def changed_by(
    connection: Connection, directory: Directory, background: BackgroundId, keys: Sequence[str], since: datetime
) -> tuple[Person, ...]:
    """Everybody who changed one of the attributes `keys` since a moment, each once, as far as the activity log tells."""
    if not keys:
        return ()
    number = background.rpartition(":")[2]
    query = _changes(id_of(number), f"and created_at >= {moment(since)} order by created_at")
    rows = [row for row in connection.tried(lambda client: client.ask(query)[0]) if set(keys) & _keys(row)]
    people = directory.by_id(row.get("user_id") for row in rows)
    found = [people[str(row.get("user_id"))] for row in rows if str(row.get("user_id")) in people]
    return tuple({one.id: one for one in found}.values())


def _changes(entity: str, rest: str) -> str:
    head, _, order = rest.partition("order by")
    return f"select created_at, user_id, data from Event where parent_id is {quoted(entity)} {head}order by{order}"


def _keys(row: Record) -> set[str]:
    """The attributes that a row of the activity log says were changed; none where it says nothing of the kind."""
    try:
        data = json.loads(str(row.get("data") or "{}"))
    except ValueError:
        return set()
    return {str(key) for key in data} if isinstance(data, dict) else set()
