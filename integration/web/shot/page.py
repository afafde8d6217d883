"""The page of one cut, and the answer to "verify now"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

import sqlalchemy as sa
from starlette.responses import Response

from integration.language import Words
from integration.ledger.entry_check import EntryCheck, check_entries
from integration.reports.facts import follow, is_behind
from integration.reports.shot_record import ShotRecord, shot_record
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.web.board import words as board_words
from integration.web.board.live import LiveBoard
from integration.web.board.page import shot_path
from integration.web.board.rows import Row
from integration.web.pages import Onlooker, Pages
from integration.web.reader import Reader
from integration.web.shot import words
from integration.web.shot.finding import Cut, cuts_called, entries_of, names_before, names_since
from integration.web.shot.story import events_of, parts_of
from integration.web.sight import Sight
from integration.web.words import Refusal

VERIFY_S = 10.0
"""Longest that entries are followed to the head for one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What "verify now" found."""

    check: EntryCheck
    lines: tuple[Words, ...]


class ShotPage:
    """Makes the pages of cuts."""

    def __init__(self, studio: Studio, pages: Pages, live: LiveBoard) -> None:
        """Nothing is read yet."""
        self._studio, self._pages, self._live = studio, pages, live
        self._zones = {normalize("NFC", name): rules.time_zone for name, rules in studio.settings.projects.items()}
        self._zone = next(iter(self._zones.values()), ProjectSettings().time_zone)

    def page(
        self, reader: Reader, onlooker: Onlooker, sight: Sight, query: Mapping[str, str], *, verify: bool = False, piece: bool = False
    ) -> Response:
        """The page of the cut that is meant: with what "verify now" found, or only that where a `piece` is asked for."""
        self._catch_up()
        with self._studio.engine.connect() as connection:
            found = cuts_called(connection, sight, code=query.get("cut", ""), show=query.get("show", ""), episode=query.get("episode", ""))
            if not found:
                return self._pages.refused(Refusal(status=404, words=words.NO_CUT), reader, onlooker)
            if len(found) > 1:
                choices = [(cut, shot_path(cut.show, cut.episode, cut.code)) for cut in found[:100]]
                return self._pages.render("shots.html", reader, onlooker, words=words, choices=choices)
            (cut,) = found
            own, corrections = entries_of(connection, cut)
            check = check_entries(connection, own + corrections, limit_s=VERIFY_S) if verify else None
            told: dict[str, Any] = {"words": words, "cut": cut, "verified": _verified(check) if check else None}
            if piece:
                return self._pages.render("verified.html", reader, onlooker, **told)
            told |= self._told(connection, cut, corrections)
        return self._pages.render("shot.html", reader, onlooker, states=board_words, **told)

    def _catch_up(self) -> None:
        """Have the newest entries told, too; the board's thread does it every few seconds, so there is seldom anything to do."""
        with self._studio.engine.connect() as connection:
            behind = is_behind(connection)
        if behind:
            follow(self._studio.engine)

    def _told(self, connection: sa.Connection, cut: Cut, corrections: list[int]) -> dict[str, Any]:
        record = self._record(connection, cut, corrections)
        now = names_since(connection, cut, record.backgrounds)
        return {
            "record": record,
            "parts": parts_of(connection, record),
            "events": events_of(record),
            "rows": self._rows(cut, record),
            "renamed": [(name, shot_path(cut.show, cut.episode, name)) for name in now],
            "former": names_before(connection, cut, record.backgrounds, (*record.other_shots, *now)),
            "others": [(name, shot_path(cut.show, cut.episode, name)) for name in record.other_shots],
        }

    def _record(self, connection: sa.Connection, cut: Cut, corrections: list[int]) -> ShotRecord:
        return shot_record(
            connection,
            cut.code,
            zone=self._zone,
            zones=self._zones,
            show=cut.show,
            episode=cut.episode or None,
            corrections=corrections,
        )

    def _rows(self, cut: Cut, record: ShotRecord) -> list[Row]:
        """The board's rows of its backgrounds."""
        return [row for row in self._live.board().rows if row.show == cut.show and row.background in record.backgrounds]


def _verified(check: EntryCheck) -> Verified:
    lines = [words.checked(len(check.included), check.head.size)] if check.head else [words.NO_HEAD]
    if check.objection:
        lines.append(words.objected(check.objection))
    if check.fitting and not check.unfit:
        lines.append(words.compared(check.fitting))
    for found, said in ((check.astray, words.astray), (check.missing, words.astray), (check.unfit, words.unfit)):
        if found:
            lines.append(said(found))
    if check.newer and check.head:
        lines.append(words.newer(len(check.newer)))
    if check.unread:
        lines.append(words.unread(len(check.unread)))
    return Verified(check=check, lines=tuple(lines))
