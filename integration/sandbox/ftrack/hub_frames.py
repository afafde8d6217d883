"""What travels between ftrack's event hub and its clients: frames of socket.io 0.9 (protocol 1), and the events in them.

A frame is ``code:id:endpoint:data`` (https://github.com/socketio/socket.io-spec, "Messages"). The id of an event ends in ``+`` when
its sender wants an answer with data in the acknowledgement.
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from integration.errors import HaikeiError

GREETING = "1::"
"""First frame to a client: it is connected."""
HEARTBEAT = "2::"
"""Asks a client for the same."""
GOODBYE = "0::"
"""Last frame to a client that is sent away politely."""
EVENT_NAME = "ftrack.event"
"""Name under which every event of ftrack travels."""
MAX_FRAME = 1024 * 1024
"""Characters of the longest frame that is read or sent."""

_ID = re.compile(r"(?:[0-9]{1,15}\+?)?")
_KEYS = ("id", "topic", "data", "sent", "source", "target", "inReplyToEvent")


class FrameError(HaikeiError):
    """A frame, or the event in it, that cannot be used."""


class FrameKind(StrEnum):
    """What a frame is, by its code."""

    DISCONNECT = "0"
    CONNECT = "1"
    HEARTBEAT = "2"
    MESSAGE = "3"
    JSON = "4"
    EVENT = "5"
    ACKNOWLEDGEMENT = "6"
    ERROR = "7"
    NOTHING = "8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame, taken apart."""

    kind: FrameKind
    """Its code."""
    id: str = ""
    """Number its sender gave it, with ``+`` where an answer with data is wanted; empty for none."""
    endpoint: str = ""
    """Part of the server it is for; ftrack has only the empty one."""
    data: str = ""
    """What it carries."""


def read_frame(text: str) -> Frame:
    """A frame as it came.

    Raises:
        FrameError: it is none.
    """
    code, number, endpoint, data = (text.split(":", 3) + [""] * 3)[:4]
    try:
        kind = FrameKind(code)
    except ValueError as error:
        raise FrameError(f"{text!r:.80} is no frame") from error
    if _ID.fullmatch(number) is None:
        raise FrameError(f"{text!r:.80} is no frame")
    return Frame(kind=kind, id=number, endpoint=endpoint, data=data)


def read_event(data: str) -> dict[str, Any]:
    """The event in the data of an event's frame, with exactly the keys of an event.

    Raises:
        FrameError: there is none, or what it holds cannot be passed on.
    """
    try:
        payload = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FrameError(f"an event that is no JSON: {data!r:.80}") from error
    match payload:
        case {"name": str(name), "args": [dict(event)]} if name == EVENT_NAME:
            return sealed(event)
    raise FrameError(f"no event of ftrack's: {data!r:.80}")


def sealed(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event with exactly the keys of one: what it lacks is added, anything else is left out.

    ``ftrack_api`` drops an event that has a key more.

    Raises:
        FrameError: its topic, id, source, target or ``inReplyToEvent`` are of the wrong kind.
    """
    filled = {"target": "", "inReplyToEvent": None, "sent": None} | {key: event[key] for key in _KEYS if event.get(key) is not None}
    filled.setdefault("id", uuid.uuid4().hex)
    filled.setdefault("data", {})
    filled.setdefault("source", {})
    texts = [filled[key] for key in ("id", "topic", "target") if key in filled]
    if not filled.get("topic") or not all(isinstance(text, str) for text in texts) or not isinstance(filled["source"], Mapping):
        raise FrameError(f"no event: {event!r:.120}")
    if not isinstance(filled["inReplyToEvent"], str | None):
        raise FrameError(f"a reply to no event: {event!r:.120}")
    return {key: filled[key] for key in _KEYS}


def event_frame(event: Mapping[str, Any]) -> str:
    """The frame that carries `event`.

    Raises:
        FrameError: it cannot be written as JSON, or is longer than `MAX_FRAME`.
    """
    try:
        text = "5:::" + json.dumps({"name": EVENT_NAME, "args": [event]}, allow_nan=False, separators=(",", ":"))
    except (ValueError, RecursionError) as error:
        raise FrameError(f"an event that JSON cannot say: {error}") from error
    if len(text) > MAX_FRAME:
        raise FrameError(f"an event of {len(text)} characters, and {MAX_FRAME} is the most")
    return text


def acknowledgement(number: str, *, refusal: str | None) -> str:
    """The answer to an event's frame.

    Args:
        number: the frame's id.
        refusal: why the event was not taken, None when it was.
    """
    if not number.endswith("+"):
        return f"6:::{number}"
    answer = {"success": True} if refusal is None else {"success": False, "message": refusal}
    return f"6:::{number}{json.dumps([answer])}"
