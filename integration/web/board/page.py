"""The board as a page, and the piece of it that is fetched anew when something changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from starlette.responses import Response

from integration.language import Words
from integration.ledger import people, tables
from integration.ledger.people import PersonName
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.web.board import words
from integration.web.board.asked import Asked, Found, asked_of, found_of
from integration.web.board.live import Board, LiveBoard
from integration.web.board.rows import Row, State
from integration.web.pages import Onlooker, Pages
from integration.web.reader import Reader
from integration.web.sight import Sight
from render_service.contract import RenderProgress

_FIRST_READ_S = 10.0
_MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row as it is shown."""

    row: Row
    link: str
    """Path of the cut's page; empty where the record knows no cut."""
    since: datetime | None
    """In the show's zone."""
    people: tuple[PersonName, ...]
    progress: RenderProgress | None
    painted: Words | None
    """How far its painting is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing to filter by."""

    value: str
    label: str


class BoardPage:
    """Makes the board's page."""

    def __init__(self, studio: Studio, pages: Pages, live: LiveBoard) -> None:
        """Nothing is read yet."""
        self._studio, self._pages, self._live = studio, pages, live
        self._zones = {normalize("NFC", name): ZoneInfo(rules.time_zone) for name, rules in studio.settings.projects.items()}

    def page(self, reader: Reader, onlooker: Onlooker, sight: Sight, query: Mapping[str, str], *, piece: bool = False) -> Response:
        """The page, or only its list."""
        board = self._live.board(wait_s=_FIRST_READ_S)
        asked = asked_of(query, sight)
        with self._studio.engine.connect() as connection:
            found = found_of(board.rows, asked, sight, _refs(connection, asked.person))
            lines = self._lines(connection, board, found)
            choices: dict[str, Any] = {} if piece else self._choices(connection, board, asked, sight)
        told: dict[str, Any] = {"words": words, "board": board, "asked": asked, "found": found, "lines": lines, "states": tuple(State)}
        told["several"] = len({row.show for row in found.rows}) > 1
        return self._pages.render("board_list.html" if piece else "board.html", reader, onlooker, **told, **choices)

    def _lines(self, connection: sa.Connection, board: Board, found: Found) -> list[Line]:
        names = people.names(connection, {ref for row in found.rows for ref in row.people})
        return [self._line(row, board, names) for row in found.rows]

    def _line(self, row: Row, board: Board, names: Mapping[str, PersonName]) -> Line:
        progress = board.progress.get(row.render_keys[0]) if row.render_keys else None
        return Line(
            row=row,
            link=shot_path(row.show, row.episode, row.shot) if row.shot else "",
            since=self._moment(row) if row.since_ms else None,
            people=tuple(names[ref] for ref in row.people),
            progress=progress,
            painted=_painted(progress) if progress else None,
        )

    def _moment(self, row: Row) -> datetime:
        zone = self._zones.get(row.show) or next(iter(self._zones.values()), ZoneInfo(ProjectSettings().time_zone))
        return datetime.fromtimestamp(row.since_ms / 1000, UTC).astimezone(zone)

    def _choices(self, connection: sa.Connection, board: Board, asked: Asked, sight: Sight) -> dict[str, Any]:
        """What the filter offers: shows, episodes of the show chosen, and people something is with."""
        theirs = [row for row in board.rows if sight.sees(row.show)]
        shows = list(dict.fromkeys(row.show for row in theirs))
        episodes = dict.fromkeys(row.episode for row in theirs if row.episode and asked.show in ("", row.show))
        refs = {ref for row in theirs if asked.show in ("", row.show) for ref in row.people} if sight.others else set()
        own = sorted(sight.own & {ref for row in theirs for ref in row.people})
        return {"shows": shows, "episodes": list(episodes), "people": _named(connection, refs), "own": own[0] if own else ""}


def shot_path(show: str, episode: str, shot: str) -> str:
    """The path of a cut's page."""
    return "/shot?" + urlencode({name: value for name, value in (("show", show), ("episode", episode), ("cut", shot)) if value})


def _refs(connection: sa.Connection, ref: str) -> frozenset[str]:
    """Every reference of the person `ref` stands for, in whichever show."""
    person_id = people.id_of(connection, ref) if ref else ""
    return frozenset({ref, *people.refs_of(connection, person_id)}) if person_id else frozenset({ref})


def _named(connection: sa.Connection, refs: set[str]) -> list[Choice]:
    """People who can be named, once each, by name; two of one name with their Latin names or ids beside it."""
    columns = tables.people.c
    query = sa.select(columns.tracker_person_id, columns.ref, columns.name, columns.name_en).where(
        columns.name != "", sa.not_(columns.declined), columns.ref.in_(sorted(refs)[:_MOST_PEOPLE])
    )
    found = {row.tracker_person_id: row for row in connection.execute(query.order_by(columns.ref))}
    named = [row.name for row in found.values()]
    choices = [
        Choice(value=row.ref, label=row.name if named.count(row.name) == 1 else f"{row.name} ({row.name_en or person_id})")
        for person_id, row in found.items()
    ]
    return sorted(choices, key=lambda choice: choice.label)


def _painted(progress: RenderProgress) -> Words:
    is_at_work = progress.steps and progress.pictures_done < progress.pictures
    return words.pictures_done(progress.pictures_done, progress.pictures, 100 * progress.step // progress.steps if is_at_work else None)
