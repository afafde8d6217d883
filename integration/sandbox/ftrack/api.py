"""The one address of the API: a list of operations, done all together or not at all."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from integration.sandbox.ftrack.changes import Changes, update_event
from integration.sandbox.ftrack.encoding import Encoder
from integration.sandbox.ftrack.identity import Actor
from integration.sandbox.ftrack.query_language import parse
from integration.sandbox.ftrack.refusal import RefusedError
from integration.sandbox.ftrack.schema import published
from integration.sandbox.ftrack.selecting import Selecting
from integration.sandbox.ftrack.showing import Showing, tree_of
from integration.sandbox.ftrack.studio import Studio
from integration.sandbox.ftrack.writing import Writing

SERVER_VERSION = "4.13.2"
"""What the server says it is; the vendor's client wants 3.3.11 or later."""
LARGEST_BATCH = 5000
"""Operations of one call."""
_Operation = Mapping[str, Any]


class Api:
    """Answers calls."""

    def __init__(self, studio: Studio, encoder: Encoder) -> None:
        """Work on `studio`; media go to `encoder`."""
        self._studio = studio
        self._encoder = encoder

    def call(self, batch: Any, actor: Actor, *, client_token: str = "") -> list[Any]:
        """Do a batch and give an answer for each operation.

        Raises:
            RefusedError: one of them cannot be done, and so none was.
        """
        if not isinstance(batch, list) or not all(isinstance(operation, dict) for operation in batch):
            raise RefusedError("ValidationError", "A call is a list of operations")
        if len(batch) > LARGEST_BATCH:
            raise RefusedError("ValidationError", f"{len(batch)} operations are too many for one call", status=413)
        studio, changes = self._studio, Changes(self._studio.relations)
        with studio.store.lock:
            writing = Writing(relations=studio.relations, actor=actor, changes=changes)
            try:
                with studio.store.transaction():
                    answers = [self._answer(operation, actor, writing) for operation in batch]
                    writing.finish()
                    changes.into_log(actor)
            except BaseException:
                studio.rows.forget_indexes()
                raise
            if entities := changes.entities():
                studio.publish(update_event(entities, actor, client_token))
        for job in [answer["job_id"] for answer in answers if isinstance(answer, dict) and "job_id" in answer]:
            self._encoder.schedule(job)
        return answers

    def _answer(self, operation: _Operation, actor: Actor, writing: Writing) -> Any:
        action = operation.get("action")
        answers: dict[str, Callable[[], Any]] = {
            "query": lambda: self._query(_text(operation, "expression")),
            "create": lambda: {"action": "create", "data": writing.create(_text(operation, "entity_type"), _data(operation))},
            "update": lambda: {
                "action": "update",
                "data": writing.update(_text(operation, "entity_type"), _key(operation), _data(operation)),
            },
            "delete": lambda: self._delete(operation, writing),
            "query_server_information": _server_information,
            "query_schemas": lambda: published()[0],
            "get_upload_metadata": lambda: self._upload(operation, actor),
            "complete_multipart_upload": lambda: self._complete(operation, actor),
            "encode_media": lambda: self._encode(operation, actor, writing),
            "get_widget_url": lambda: {"widget_url": f"{self._studio.url}/widget"},
            "reset_remote": lambda: self._reset(operation, actor),
        }
        if not isinstance(action, str) or action not in answers:
            raise RefusedError("InvalidActionError", f"Invalid action u'{action}'")
        return answers[action]()

    def _query(self, expression: str) -> dict[str, Any]:
        query = parse(expression)
        found = Selecting(self._studio.relations).found(query)
        end = len(found) if query.limit is None else query.offset + query.limit
        showing, tree = Showing(self._studio.relations, self._studio.url), tree_of(query.select)
        data = [showing.entity(row, tree) for row in found[query.offset : end]]
        return {"action": "query", "data": data, "metadata": {"next": {"offset": end if end < len(found) else None}}}

    def _delete(self, operation: _Operation, writing: Writing) -> dict[str, Any]:
        writing.delete(_text(operation, "entity_type"), _key(operation))
        return {"action": "delete", "data": True}

    def _upload(self, operation: _Operation, actor: Actor) -> dict[str, Any]:
        """Where to put a component's file; the component itself may be made afterwards."""
        _require_write(actor, "upload")
        component = _text(operation, "component_id")
        parts = operation.get("parts")
        if isinstance(parts, int) and 0 < parts <= 10_000:
            urls = [{"signed_url": self._studio.upload_address(component, part), "part_number": part} for part in range(1, parts + 1)]
            return {"component_id": component, "urls": urls, "upload_id": str(uuid.uuid4())}
        headers = {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}
        if isinstance(checksum := operation.get("checksum"), str):
            headers["Content-MD5"] = checksum
        return {"url": self._studio.upload_address(component), "component_id": component, "headers": headers}

    def _complete(self, operation: _Operation, actor: Actor) -> dict[str, Any]:
        """Join the parts of a file."""
        _require_write(actor, "upload")
        component = _text(operation, "component_id")
        whole = self._studio.file_of(component)
        parts = sorted(self._studio.media.glob(f"{whole.name}.*"), key=lambda part: int(part.suffix[1:]))
        if not parts:
            raise RefusedError("ValidationError", f"No part of component {component} was uploaded")
        with whole.open("wb") as joined:
            for part in parts:
                joined.write(part.read_bytes())
                part.unlink()
        return {"action": "complete_multipart_upload", "component_id": component}

    def _encode(self, operation: _Operation, actor: Actor, writing: Writing) -> dict[str, Any]:
        _require_write(actor, "encode media")
        component, version = _text(operation, "component_id"), operation.get("version_id")
        if self._studio.rows.get("Component", component) is None:
            raise RefusedError("EntityNotFoundError", f"Component {component} does not exist", status=404)
        return {
            "job_id": self._encoder.begin(
                writing, component, version if isinstance(version, str) else "", operation.get("keep_original") is True
            )
        }

    def _reset(self, operation: _Operation, actor: Actor) -> dict[str, Any]:
        if operation.get("reset_type") != "api_key" or operation.get("entity_type") != "User":
            raise RefusedError("ValidationError", "Only the API key of a user can be reset")
        user = self._studio.rows.get("User", operation.get("entity_key"))
        if user is None or not (actor.may_manage or user["id"] == actor.id):
            raise RefusedError("PermissionDeniedError", "The API key of another user cannot be reset", status=403)
        return {"action": "reset_remote", "data": {"api_key": self._studio.identity.new_key(user["values"]["username"])}}


def _server_information() -> dict[str, Any]:
    scenario = {"scenario": "ftrack.automatic", "data": {}}
    return {"version": SERVER_VERSION, "schema_hash": published()[1], "is_timezone_support_enabled": True, "storage_scenario": scenario}


def _require_write(actor: Actor, what: str) -> None:
    if not actor.may_write:
        raise RefusedError("PermissionDeniedError", f"{actor.username} may not {what}", status=403)


def _text(operation: _Operation, name: str) -> str:
    value = operation.get(name)
    if not isinstance(value, str) or not value:
        raise RefusedError("ValidationError", f"{operation.get('action')}: {name} is missing")
    return value


def _key(operation: _Operation) -> list[Any]:
    key = operation.get("entity_key")
    if not isinstance(key, list):
        key = [key]
    if not key or not all(isinstance(part, str | int) for part in key):
        raise RefusedError("ValidationError", f"{operation.get('action')}: entity_key is missing")
    return key


def _data(operation: _Operation) -> Mapping[str, Any]:
    data = operation.get("entity_data")
    if not isinstance(data, dict):
        raise RefusedError("ValidationError", f"{operation.get('action')}: entity_data is missing")
    return data
