"""How far what happened was read. ftrack keeps moments of whole seconds and no order among them, so what was told is remembered. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from integration.errors import TrackerError

LONGEST_MEMORY = 20_000
"""Events a cursor remembers; in a greater flood the look-back becomes shorter."""
_MARK_BYTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where reading stands."""

    since_s: int
    """Nothing before this second can still appear, Unix seconds of the tracker's clock."""
    told: Mapping[str, int] = field(default_factory=dict)
    """Marks of what was told since, and its second."""

    def text(self) -> str:
        """The cursor as it is stored."""
        return json.dumps({"since_s": self.since_s, "told": self.told}, separators=(",", ":"))

    def knows(self, event_id: str) -> bool:
        """Whether an event was told."""
        return mark(event_id) in self.told

    def handed(self, events: Iterable[tuple[str, int]]) -> "Cursor":
        """The cursor once events, as id and second, were told."""
        return replace(self, told={**self.told, **{mark(event_id): at_s for event_id, at_s in events}})

    def settled(self, since_s: int) -> "Cursor":
        """The cursor when all was told, and nothing before `since_s` can still appear."""
        since_s = max(self.since_s, since_s)
        if len(self.told) > LONGEST_MEMORY:
            since_s = max(since_s, sorted(self.told.values())[-LONGEST_MEMORY])
        return Cursor(since_s=since_s, told={each: at_s for each, at_s in self.told.items() if at_s >= since_s})


def mark(event_id: str) -> str:
    """What is remembered of an event's id: 48 bits, so that among 20 000 a false one comes once in a million cursors."""
    return hashlib.blake2b(event_id.encode(), digest_size=_MARK_BYTES).hexdigest()


def parse(text: str) -> Cursor:
    """The cursor that `Cursor.text` wrote.

    Raises:
        TrackerError: it is another tracker's, or damaged.
    """
    try:
        stored = json.loads(text)
        return Cursor(since_s=int(stored["since_s"]), told={str(each): int(at_s) for each, at_s in stored.get("told", {}).items()})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TrackerError(
            f"'{text[:80]}' is no place in ftrack's history",
            hint="Another tracker's database? Start with a new state folder, or the old settings.",
        ) from error
