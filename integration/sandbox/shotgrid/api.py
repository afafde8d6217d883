"""api3: one call in, one answer or Fault out."""

import json
from collections.abc import Callable
from typing import Any

import structlog

from integration.sandbox.shotgrid import courtesies, schema_calls, writing
from integration.sandbox.shotgrid.identity import actor_of, open_session
from integration.sandbox.shotgrid.query import LARGEST_PAGE, read
from integration.sandbox.shotgrid.refusal import CRUD, RefusedError
from integration.sandbox.shotgrid.studio import Actor, Studio
from integration.sandbox.shotgrid.summaries import summarize

log = structlog.get_logger(__name__)

_Call = Callable[[Studio, Actor, Any], Any]
_VERSION = [8, 67, 0]
_INFO = {
    "version": _VERSION,
    "full_version": [*_VERSION, 0],
    "s3_uploads_enabled": True,
    "s3_direct_uploads_enabled": True,
    "s3_enabled_upload_types": {"Version": ["sg_uploaded_movie"], "Attachment": ["this_file"], "*": ["*"]},
    "api_max_entities_per_page": LARGEST_PAGE,
    "user_authentication_method": "default",
    "unified_login_flow_enabled": False,
}
_WITH_LISTS = ("batch",)

METHODS: dict[str, _Call] = {
    "read": lambda studio, _actor, asked: read(studio, asked),
    "create": writing.create,
    "update": writing.update,
    "delete": writing.delete,
    "revive": writing.revive,
    "batch": writing.batch,
    "summarize": lambda studio, _actor, asked: summarize(studio, asked),
    "schema_entity_read": schema_calls.schema_entity_read,
    "schema_read": schema_calls.schema_read,
    "schema_field_read": schema_calls.schema_field_read,
    "schema_field_create": schema_calls.schema_field_create,
    "schema_field_update": schema_calls.schema_field_update,
    "schema_field_delete": schema_calls.schema_field_delete,
    "get_session_token": lambda studio, actor, _asked: {"session_id": open_session(studio, actor)},
    **courtesies.METHODS,
}
"""Every method of api3 but ``info``, by its name on the wire."""


def parse_call(body: bytes) -> tuple[str, list[Any]]:
    """Method and params of a request's body.

    Raises:
        ValueError: it is no call.
    """
    try:
        payload = json.loads(body, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(payload, dict) or not isinstance(payload.get("method_name"), str):
        raise ValueError("no method_name")
    params = payload.get("params", [])
    if not isinstance(params, list):
        raise ValueError("params is no list")
    return payload["method_name"], params


def answer(studio: Studio, method: str, params: list[Any]) -> dict[str, Any]:
    """What goes on the wire for a call; a refusal is an answer too."""
    try:
        if method == "info":
            return _INFO
        actor = actor_of(studio, params[0] if params else None)
        call = METHODS.get(method)
        if call is None:
            raise RefusedError(f"API method {method!r:.80} does not exist.")
        asked: Any = params[1] if len(params) > 1 else [] if method in _WITH_LISTS else {}
        if not isinstance(asked, list if method in _WITH_LISTS else dict):
            raise RefusedError(f"API {method}() invalid parameters.")
        return {"results": call(studio, actor, asked)}
    except RefusedError as error:
        return {"exception": True, "error_code": error.code, "message": str(error)}
    except Exception:
        log.exception("call failed", method=method)
        return {"exception": True, "error_code": CRUD, "message": f"API {method}() failed: unexpected error of the pretend studio."}


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
