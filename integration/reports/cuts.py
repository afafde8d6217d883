"""Where each cut stands in its episode, as the tracker said when its background was read last."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sa

from integration.ledger.canonical import code
from integration.production import Background

metadata = sa.MetaData()
"""Tables of this module; whoever opens the database creates them."""

cuts = sa.Table(
    "haikei_cut",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("shot", sa.Text, primary_key=True),
    sa.Column("show", sa.Text, nullable=False),
    sa.Column("episode", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("cut_order", sa.Integer),
    sa.Column("first_frame", sa.Integer),
    sa.Column("last_frame", sa.Integer),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
    sa.Index("haikei_cut_by_episode", "show", "episode"),
)
"""One row for each Shot by the tracker's id, so that one that is renamed stays one; show, episode and code as entries have them."""

_TOLD = ("show", "episode", "code", "cut_order", "first_frame", "last_frame")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One cut of an episode; None and an empty text mean that it is not known."""

    code: str
    order: int | None
    first_frame: int | None
    """As the tracker counts, which may begin anew in each cut."""
    last_frame: int | None
    """The last one that is shown."""
    starts: str = ""
    """Timecode of the first frame in the episode."""
    ends: str = ""
    """Timecode of the last frame in the episode."""


def keep_cut(connection: sa.Connection, *, site: str, background: Background) -> bool:
    """Keep where a cut stands, if the background is a cut's own; returns whether that was news.

    Of cuts that a background only serves, nothing is known but their names.
    """
    shot = next((each for each in background.shots if background.id == f"Shot:{each.id}"), None)
    if shot is None:
        return False
    told = {
        "show": code(background.project.name),
        "episode": code(background.episode),
        "code": code(shot.code),
        "cut_order": shot.cut_order,
        "first_frame": shot.first_frame,
        "last_frame": shot.last_frame,
    }
    place = (cuts.c.site == site) & (cuts.c.shot == shot.id)
    before = connection.execute(sa.select(*(cuts.c[name] for name in _TOLD)).where(place)).one_or_none()
    if before is not None and before._asdict() == told:
        return False
    connection.execute(cuts.delete().where(place))
    connection.execute(cuts.insert().values(site=site, shot=shot.id, changed_ms=time.time_ns() // 1_000_000, **told))
    return True


def forget_cut(connection: sa.Connection, *, site: str, background: Background) -> None:
    """Forget a cut that is not made after all: its frames are in no episode."""
    connection.execute(cuts.delete().where((cuts.c.site == site) & (cuts.c.shot == background.id.removeprefix("Shot:"))))


def cut_ranges(connection: sa.Connection, show: str, episode: str, *, frame_rate: int = 24) -> dict[str, Cut]:
    """The cuts of an episode that are known, by code, in cut order and then by code.

    Timecodes are told where they follow from what is known. Where the ranges of two cuts or more lie one after another, the frames are the
    episode's own and stand as they are, frame 0 being 00:00:00:00. Else each cut counts its own: their lengths are added up in cut order,
    as long as the order runs 1, 2, 3 and every cut has a range; what comes after a gap is not known, for nobody can tell how long it is.

    Args:
        connection: haikei's database.
        show: the show's code, as entries have it.
        episode: the same of the episode, or of the sequence where a show has no episodes.
        frame_rate: the show's setting, frames a second.
    """
    query = sa.select(cuts).where((cuts.c.show == show) & (cuts.c.episode == episode)).order_by(cuts.c.changed_ms, cuts.c.shot)
    rows = {
        row.code: Cut(code=row.code, order=row.cut_order, first_frame=row.first_frame, last_frame=row.last_frame)
        for row in connection.execute(query)
    }
    known = sorted(rows.values(), key=lambda cut: (cut.order is None, cut.order or 0, cut.code))
    placed = _in_episode(known)
    return {cut.code: _timed(cut, placed.get(cut.code), frame_rate) for cut in known}


def timecode(frame: int, frame_rate: int) -> str:
    """``HH:MM:SS:FF`` of a frame counted from 0, without drop frames, as SMPTE ST 12-1 counts; after a day it begins anew.

    A second has `frame_rate` frames: FF = n mod r, SS = n div r mod 60, MM = n div 60r mod 60, HH = n div 3600r mod 24.
    """
    seconds, frames = divmod(frame, frame_rate)
    return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}"


def _in_episode(known: Sequence[Cut]) -> dict[str, tuple[int, int]]:
    """First and last frame of cuts in the episode, by code; `known` is in cut order."""
    ranges = {cut.code: (cut.first_frame, cut.last_frame) for cut in known if cut.first_frame is not None and cut.last_frame is not None}
    in_order = any(cut.order is not None for cut in known)
    if len(ranges) > 1 and _one_after_another(ranges.values() if in_order else sorted(ranges.values())):
        return ranges
    placed, begins = {}, 0
    for number, cut in enumerate(known, start=1):
        if cut.order != number or cut.code not in ranges:
            break
        first, last = ranges[cut.code]
        placed[cut.code] = (begins, begins + last - first)
        begins += last - first + 1
    return placed


def _one_after_another(ranges: Iterable[tuple[int, int]]) -> bool:
    return all(before[1] < after[0] for before, after in pairwise(ranges))


def _timed(cut: Cut, placed: tuple[int, int] | None, frame_rate: int) -> Cut:
    if placed is None:
        return cut
    starts, ends = (timecode(frame, frame_rate) for frame in placed)
    return Cut(code=cut.code, order=cut.order, first_frame=cut.first_frame, last_frame=cut.last_frame, starts=starts, ends=ends)
