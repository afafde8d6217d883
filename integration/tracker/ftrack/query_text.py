"""Values as they may stand in a query of ftrack's, which is text. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from integration.errors import NotFoundInTrackerError


def quoted(value: str) -> str:
    """`value` as a string of the query language: nothing in it ends the string; control characters become blanks."""
    plain = "".join(" " if ord(character) < 32 else character for character in value)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def beginning(value: str) -> str:
    """The pattern of a ``like`` for all that begins with `value`, and perhaps more: whoever asks compares again.

    What could be read as an escape becomes ``_``, any one character: no document says how a server reads a backslash here.
    """
    return quoted("".join("_" if character in '"\\' else character for character in value) + "%")


def among(values: Iterable[str]) -> str:
    """The list of an ``in``; never empty, for an empty one is refused."""
    return f"({', '.join(map(quoted, dict.fromkeys(values))) or quoted('')})"


def moment(at: datetime) -> str:
    """A moment as ftrack keeps it: UTC, whole seconds, no zone."""
    return quoted(at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat())


def is_id(text: str) -> bool:
    """Whether `text` is a uuid in its usual spelling, and so safe and sensible to ask for."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def id_of(text: str, kind: str = "") -> str:
    """The uuid that an id names: ``Shot:<uuid>`` where `kind` is ``Shot``, else ``<uuid>``.

    Raises:
        NotFoundInTrackerError: it names nothing in ftrack.
    """
    given, _, number = text.rpartition(":")
    if given != kind or not is_id(number):
        raise NotFoundInTrackerError(f"'{text}' names nothing in ftrack", hint="Another tracker's id? Check the settings.")
    return number
