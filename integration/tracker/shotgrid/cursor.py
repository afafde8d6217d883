"""How far the event log was read, and how far nothing can still appear behind. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from integration.errors import TrackerError

_BUCKETS = 10
"""Marks kept for each look-back; more make the re-read shorter and the cursor longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where reading stands."""

    checkpoint: int
    """Nothing with this id or a lower one can still appear."""
    page: int
    """Last id read in the present pass; `checkpoint` when a pass begins."""
    newest_s: int = 0
    """Latest `created_at` seen, Unix seconds of the tracker's clock."""
    marks: dict[int, int] = field(default_factory=dict)
    """Bucket of `created_at` -> last id seen up to then; tells where `checkpoint` may move once the look-back is over."""

    def text(self) -> str:
        """The cursor as it is stored."""
        return json.dumps({"id": self.checkpoint, "page": self.page, "newest_s": self.newest_s, "marks": sorted(self.marks.items())})

    def read(self, seen: Iterable[tuple[int, datetime]], *, more: bool, look_back_s: float) -> "Cursor":
        """The cursor after one page of (id, created_at), in order; a pass that is over begins again behind what is safe."""
        bucket_s = max(1, int(look_back_s / _BUCKETS))
        marks, page, newest_s, latest_s = dict(self.marks), self.page, self.newest_s, 0
        for number, created_at in seen:
            latest_s = max(latest_s, int(created_at.timestamp()), *(bucket * bucket_s for bucket in marks))
            marks[latest_s // bucket_s] = number
            newest_s, page = max(newest_s, latest_s), number
        safe = [bucket for bucket in marks if (bucket + 1) * bucket_s + look_back_s <= newest_s]
        checkpoint = max([self.checkpoint, *(marks[bucket] for bucket in safe)]) if look_back_s else page
        marks = {bucket: number for bucket, number in marks.items() if bucket not in safe and number > checkpoint}
        return Cursor(checkpoint=checkpoint, page=page if more else checkpoint, newest_s=newest_s, marks=marks if more else {})

    def settled(self, number: int) -> "Cursor":
        """The cursor once it is known that nothing up to `number` can still appear."""
        return replace(self, checkpoint=number, page=number, marks={})


def begin(number: int, created_at: datetime | None) -> Cursor:
    """A cursor behind which lies everything up to `number`."""
    return Cursor(checkpoint=number, page=number, newest_s=int(created_at.astimezone(UTC).timestamp()) if created_at else 0)


def parse(text: str) -> Cursor:
    """The cursor that `Cursor.text` wrote.

    Raises:
        TrackerError: it is another tracker's, or damaged.
    """
    try:
        stored = json.loads(text)
        marks = {int(bucket): int(number) for bucket, number in stored.get("marks", ())}
        return Cursor(
            checkpoint=int(stored["id"]), page=int(stored.get("page", stored["id"])), newest_s=int(stored.get("newest_s", 0)), marks=marks
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TrackerError(
            f"'{text}' is no place in ShotGrid's event log",
            hint="Another tracker's database? Start with a new state folder, or the old settings.",
        ) from error
