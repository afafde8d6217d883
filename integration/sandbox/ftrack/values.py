"""Values as they come and go on the wire. Times are kept as naive UTC text with whole seconds, as the server keeps them."""

from datetime import UTC, datetime
from typing import Any

from integration.sandbox.ftrack.refusal import RefusedError
from integration.sandbox.ftrack.schema import Attribute

LONGEST_TEXT = 1_000_000
"""Characters of one value."""


def now_text() -> str:
    """This second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def moment_of(text: str) -> str:
    """A moment as it is kept, from ISO 8601 with or without a zone.

    Raises:
        ValueError: it is none.
    """
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S").zfill(19)


def accepted(where: str, attribute: Attribute, value: Any) -> Any:
    """A value as it is kept.

    Raises:
        RefusedError: it is of another type.
    """
    if value is None:
        return None
    kept = _accepted(attribute.scalar, value)
    if kept is None:
        raise RefusedError("ValidationError", f"{where}.{attribute.name}: {_short(value)} is no {attribute.scalar}")
    return kept


def _accepted(scalar: str, value: Any) -> Any:
    match scalar:
        case "date":
            return _moment(value)
        case "bool":
            return value if isinstance(value, bool) else None
        case "int" | "num":
            fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
            return (int(value) if scalar == "int" else value) if fits else None
        case "any":
            return _variable(value)
        case _:
            return value if isinstance(value, str) and len(value) <= LONGEST_TEXT and "\x00" not in value else None


def _moment(value: Any) -> str | None:
    text = value.get("value") if isinstance(value, dict) else value
    try:
        return moment_of(text) if isinstance(text, str) else None
    except (ValueError, OverflowError):
        return None


def _variable(value: Any) -> Any:
    if isinstance(value, dict):
        return _moment(value)
    return value if isinstance(value, str | int | float | bool | list) and len(str(value)) <= LONGEST_TEXT else None


def shown(attribute: Attribute, value: Any) -> Any:
    """A kept value as it goes on the wire."""
    return {"__type__": "datetime", "value": value} if attribute.scalar == "date" and value is not None else value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
