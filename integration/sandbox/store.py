"""What the pretend studio remembers: every entity as a JSON document in SQLite, with a copy at hand in memory."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from integration.errors import SettingsError

Row = dict[str, Any]
"""Field values by name, ``type`` and ``id``; names that begin with an underscore are the studio's own and never shown."""
Id = int | str
"""A number as ShotGrid gives them, or a text as ftrack does."""
_Key = tuple[str, Id]
_OPENING = (
    "PRAGMA busy_timeout=1000", "PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", "BEGIN EXCLUSIVE", "COMMIT",
)  # fmt: skip


class Store:
    """Rows by type and id. One writer at a time: hold `lock`, or write inside `transaction`.

    A row is never changed in place: `put` takes a new one, so an undone transaction leaves the old one standing.
    """

    def __init__(self, file: Path) -> None:
        """Open or make the SQLite file, for us alone, and read everything in it.

        Raises:
            SettingsError: another process has it open.
        """
        self.lock = threading.RLock()
        self._rows: dict[str, dict[Any, Row]] = {}
        self._last: dict[str, int] = {}
        self._undo: dict[_Key, Row | None] | None = None
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._open = True
        try:
            for statement in _OPENING:
                self._database.execute(statement)
        except sqlite3.OperationalError as error:
            self._database.close()
            raise SettingsError(f"{file} cannot be opened: {error}", hint="Another pretend studio may run in this folder.") from error
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS entity (type TEXT, id, data TEXT NOT NULL, retired INTEGER NOT NULL, PRIMARY KEY (type, id))"
        )
        for kind, number, data in self._database.execute("SELECT type, id, data FROM entity ORDER BY type, id"):
            self._rows.setdefault(kind, {})[number] = json.loads(data)
            if isinstance(number, int):
                self._last[kind] = number

    def close(self) -> None:
        """Close the file; what is asked afterwards fails."""
        with self.lock:
            if self._open:
                self._open = False
                self._database.close()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever stored."""
        return not self._rows

    def all(self, kind: str) -> dict[Any, Row]:
        """Every row of a type by id, retired ones too; to be read under `lock`."""
        return self._rows.get(kind, {})

    def get(self, kind: str, number: Id) -> Row | None:
        """A row that is not retired."""
        row = self._rows.get(kind, {}).get(number)
        return None if row is None or row.get("_retired") else row

    def get_any(self, kind: str, number: Id) -> Row | None:
        """A row, retired or not."""
        return self._rows.get(kind, {}).get(number)

    def next_id(self, kind: str) -> int:
        """An id nobody has; one that is taken and then undone is never given again, which leaves a gap."""
        self._last[kind] = self._last.get(kind, 0) + 1
        return self._last[kind]

    def last_id(self, kind: str) -> int:
        """The highest id given."""
        return self._last.get(kind, 0)

    def put(self, row: Row) -> None:
        """Store a row in the transaction under way."""
        assert self._undo is not None, "rows are written inside a transaction"
        kind, number = row["type"], row["id"]
        rows = self._rows.setdefault(kind, {})
        self._undo.setdefault((kind, number), rows.get(number))
        rows[number] = row
        if isinstance(number, int):
            self._last[kind] = max(number, self._last.get(kind, 0))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is put inside is stored together, or nothing; one inside another belongs to the outer one."""
        with self.lock:
            if self._undo is not None:
                yield
                return
            self._undo = {}
            try:
                yield
                self._write(list(self._undo))
            except BaseException:
                self._take_back(self._undo)
                raise
            finally:
                self._undo = None

    def _write(self, keys: list[_Key]) -> None:
        if not keys:
            return
        found = [(kind, number, self._rows[kind][number]) for kind, number in keys]
        written = [(kind, number, json.dumps(row), int(bool(row.get("_retired")))) for kind, number, row in found]
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._database.executemany("INSERT OR REPLACE INTO entity VALUES (?, ?, ?, ?)", written)
            self._database.execute("COMMIT")
        except BaseException:
            self._database.execute("ROLLBACK")
            raise

    def _take_back(self, undo: dict[_Key, Row | None]) -> None:
        for (kind, number), row in undo.items():
            if row is None:
                self._rows[kind].pop(number, None)
            else:
                self._rows[kind][number] = row
