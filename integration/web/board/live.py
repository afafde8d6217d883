"""The board as it stands: made anew by one thread when something changed, and told to everybody who looks at it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
import structlog

from integration.database import drafts, handed, held
from integration.ledger import tables
from integration.reports.facts import follow
from integration.studio import Studio
from integration.web.board.rows import Row, RowMaker, State
from integration.web.board.work import WorkFollower
from integration.web.streams import Streams
from render_service.client import render_progress
from render_service.contract import RenderProgress

log = structlog.get_logger(__name__)

LOOK_S = 2.0
"""How often the database is asked whether something changed."""
_STOP_S = 10.0
_MOST_PAINTING = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What the board shows at one moment."""

    revision: int = 0
    """Grows with every change."""
    rows: tuple[Row, ...] = ()
    progress: Mapping[str, RenderProgress] = field(default_factory=dict)
    """By the first of a row's `render_keys`: how far it is, where the worker told."""
    is_read: bool = False
    """Whether the record was read to its end once."""


class LiveBoard:
    """Keeps the board. One for the server: however many look, the database is asked once."""

    def __init__(self, studio: Studio) -> None:
        """Nothing is read yet."""
        self._studio = studio
        self._work, self._maker = WorkFollower(), RowMaker(_shows(studio))
        self._seen: object = None
        self._stop, self._read = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._watch, name="board", daemon=True)
        self.streams = Streams(lambda: self._board.revision)
        """Whoever listens; told of each new revision."""
        self._board = Board()

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and every stream."""
        self._stop.set()
        self.streams.close()
        if self._thread.is_alive():
            self._thread.join(_STOP_S)

    def board(self, *, wait_s: float = 0.0) -> Board:
        """The board as it stands, once it was read, or after `wait_s`."""
        self._read.wait(wait_s)
        return self._board

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                self._look()
            except Exception:
                log.exception("board not read")
            self._stop.wait(LOOK_S)

    def _look(self) -> None:
        with self._studio.engine.connect() as connection:
            seen = connection.execute(_REVISION).one()
        before = self._board
        rows = before.rows
        if tuple(seen) != self._seen:
            size = follow(self._studio.engine)
            with self._studio.engine.connect() as connection:
                self._work.follow(connection, size)
                rows = tuple(self._maker.rows(connection, self._work.places()))
            self._seen = tuple(seen)
        progress = self._progress(rows)
        if rows != before.rows or progress != before.progress or not before.is_read:
            self._board = Board(revision=before.revision + 1, rows=rows, progress=progress, is_read=True)
            self._read.set()
            self.streams.wake()

    def _progress(self, rows: tuple[Row, ...]) -> dict[str, RenderProgress]:
        """How far each painting is; the pictures that tell it are left out."""
        painting = [row for row in rows if row.state is State.RENDERING][:_MOST_PAINTING]
        told = {row.render_keys[0]: self._told(row) for row in painting}
        return {key: progress for key, progress in told.items() if progress is not None}

    def _told(self, row: Row) -> RenderProgress | None:
        found = (render_progress(self._studio.queue, key) for key in row.render_keys)
        told = next((each for each in found if each is not None), None)
        return None if told is None else replace(told, preview="")


def _shows(studio: Studio) -> dict[str, str]:
    """Names of the enabled shows by the tracker's id, as settings call them; the record's own names come later."""
    return {project: name for project, rules in studio.projects.items() for name, same in studio.settings.projects.items() if same is rules}


_REVISION = sa.select(
    sa.select(tables.head.c.size).scalar_subquery(),
    sa.select(sa.func.count()).select_from(drafts).scalar_subquery(),
    sa.select(sa.func.max(drafts.c.changed_ms)).scalar_subquery(),
    sa.select(sa.func.count()).select_from(held).scalar_subquery(),
    sa.select(sa.func.max(held.c.since_ms)).scalar_subquery(),
    sa.select(sa.func.count()).select_from(handed).where(handed.c.on_task).scalar_subquery(),
)
"""A handful of numbers that change with everything the board shows."""
