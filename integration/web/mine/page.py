"""Pages of one's own record. Whose it is comes from the session alone, never from an address or a form."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from starlette.responses import RedirectResponse, Response

from integration.errors import LedgerError
from integration.language import Words
from integration.ledger import people, tables
from integration.ledger.people import Naming
from integration.ledger.vocabulary import Claim, Kind, Role, Verdict
from integration.reports.facts import follow
from integration.reports.hours import own_hours
from integration.reports.offered import rules_of
from integration.reports.overtime import own_overtime
from integration.reports.own_record import AT_ONCE, OwnEntry, count_about, entries_about, own_archive
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.web import words as page_words
from integration.web.board.page import shot_path
from integration.web.mine import words
from integration.web.pages import Pages
from integration.web.reader import Reader
from integration.web.visit import Visit
from integration.workflow import statements
from integration.workflow.statements import Place, Said

_LONGEST_INDEX = 15


class MinePages:
    """Pages of one's own record; one for the server."""

    def __init__(self, studio: Studio, pages: Pages) -> None:
        """Keep what the pages read."""
        self._studio, self._pages = studio, pages

    def read(self, reader: Reader, *, visit: Visit, page: int = 1) -> Response:
        """Everything about whoever asks."""
        person = visit.who.person if visit.who else ""
        follow(self._studio.engine)
        with self._studio.engine.connect() as connection:
            refs = people.refs_of(connection, person) if person else set()
            count = count_about(connection, refs) if refs else 0
            page = min(max(1, page), max(1, -(-count // AT_ONCE)))
            entries = entries_about(connection, refs, page=page) if refs else []
            told: dict[str, Any] = {
                "known": bool(person),
                "rows": [self._row(entry) for entry in entries],
                "count": count,
                "page": page,
                "last": max(1, -(-count // AT_ONCE)),
                "hours": self._hours(connection, refs),
                "overtime": self._overtime(connection, refs),
                "declined": any(name.naming is Naming.DECLINED for name in people.names(connection, refs).values()),
            }
        return self._pages.render("mine.html", reader, visit.onlooker, words=words, **told)

    def entry(self, reader: Reader, *, visit: Visit, index: str, said: Words | None = None, status: int = 200) -> Response:
        """One entry about whoever asks, with what they may say of it."""
        found = self._own(visit, index)
        if found is None:
            return self._pages.refused(page_words.NO_PAGE, reader, visit.onlooker)
        told = {
            "row": self._row(found),
            "claims": list(Claim),
            "may_state": found.kind == Kind.REVISION_SUBMITTED and found.did,
            "said": said,
        }
        return self._pages.render("mine_entry.html", reader, visit.onlooker, status=status, words=words, **told)

    def correct(self, reader: Reader, *, visit: Visit, index: str, form: Mapping[str, str]) -> Response:
        """Put down what whoever asks says is wrong with an entry about them."""
        found = self._own(visit, index)
        if found is None:
            return self._pages.refused(page_words.NO_PAGE, reader, visit.onlooker)
        try:
            with self._studio.engine.begin() as connection:
                statements.correct(connection, found.index, person=self._ref(connection, visit, found.show), words=form.get("words", ""))
        except LedgerError as error:
            return self.entry(reader, visit=visit, index=index, said=Words(ja=str(error), en=f"{error}. {error.hint}"), status=400)
        return self._back(index)

    def state(self, reader: Reader, *, visit: Visit, index: str, form: Mapping[str, str]) -> Response:
        """Put down how whoever asks worked on the Version they handed in."""
        found = self._own(visit, index)
        if found is None or found.kind != Kind.REVISION_SUBMITTED or not found.did:
            return self._pages.refused(page_words.NO_PAGE, reader, visit.onlooker)
        claims = tuple(claim for claim in Claim if form.get(f"claim_{claim.value}") == "yes")
        if not claims:
            return self.entry(reader, visit=visit, index=index, said=words.CHOOSE_CLAIM, status=400)
        said = Said(claims=claims, tool=form.get("tool", "")[:200], words=form.get("words", ""))
        try:
            with self._studio.engine.begin() as connection:
                about = statements.entry_at(connection, found.index)
                place = Place(entry=about, asset=about.asset)
                statements.state(connection, place, person=self._ref(connection, visit, found.show), said=said)
        except LedgerError as error:
            return self.entry(reader, visit=visit, index=index, said=Words(ja=str(error), en=f"{error}. {error.hint}"), status=400)
        return self._back(index)

    def naming(self, reader: Reader, *, visit: Visit, form: Mapping[str, str]) -> Response:
        """Whether whoever asks is named in credits."""
        if visit.who is None or not visit.who.person:
            return self._pages.refused(page_words.NO_PAGE, reader, visit.onlooker)
        with self._studio.engine.begin() as connection:
            people.decline(connection, visit.who.person, declined=form.get("declined") == "yes")
        return RedirectResponse(self._pages.to("/mine"), status_code=303)

    def download(self, reader: Reader, *, visit: Visit, form: Mapping[str, str]) -> Response:
        """Everything about whoever asks, as a file."""
        if visit.who is None or not visit.who.person:
            return self._pages.refused(page_words.NO_PAGE, reader, visit.onlooker)
        follow(self._studio.engine)
        with self._studio.engine.connect() as connection:
            data = own_archive(connection, people.refs_of(connection, visit.who.person))
        headers = {"Content-Disposition": 'attachment; filename="haikei-my-record.zip"', "Cache-Control": "no-store"}
        return Response(data, media_type="application/zip", headers=headers)

    def _back(self, index: str) -> Response:
        return RedirectResponse(self._pages.to(f"/mine/{index}"), status_code=303)

    def _own(self, visit: Visit, index: str) -> OwnEntry | None:
        """The entry, where it is about whoever asks."""
        person = visit.who.person if visit.who else ""
        if not person or not (index.isascii() and index.isdecimal() and len(index) <= _LONGEST_INDEX):
            return None
        follow(self._studio.engine)
        with self._studio.engine.connect() as connection:
            refs = people.refs_of(connection, person)
            return next(iter(entries_about(connection, refs, only=int(index))), None)

    def _ref(self, connection: sa.Connection, visit: Visit, show: str) -> str:
        """Their reference in a show."""
        assert visit.who is not None, "an entry was found for them"
        return min(people.refs_of(connection, visit.who.person, show=show))

    def _row(self, entry: OwnEntry) -> dict[str, Any]:
        zone = ZoneInfo(rules_of(self._studio.settings, entry.show).time_zone)
        at = datetime.fromtimestamp(entry.at_ms / 1000, UTC).astimezone(zone)
        return {
            "entry": entry,
            "kind": words.KINDS[Kind(entry.kind)],
            "role": words.ROLES[Role(entry.role)] if entry.role else None,
            "verdict": words.VERDICTS.get(Verdict(entry.verdict)) if entry.verdict else None,
            "claims": [words.CLAIMS[Claim(claim)] for claim in entry.claims.split()],
            "at": f"{at:%Y-%m-%d %H:%M}",
            "path": shot_path(entry.show, entry.episode, entry.shot) if entry.shot else "",
        }

    def _hours(self, connection: sa.Connection, refs: set[str]) -> list[dict[str, Any]]:
        """Their time logs of every show, the newest first."""
        shows = connection.execute(sa.select(tables.people.c.show, tables.people.c.ref).where(tables.people.c.ref.in_(sorted(refs)))).all()
        told = []
        for show, ref in shows:
            rules = rules_of(self._studio.settings, normalize("NFC", show))
            logs = own_hours(connection, ref, show=show, zone=rules.time_zone, day_start=rules.day_start)
            told += [{"show": show, "log": log, "clock": f"{log.minutes // 60}:{log.minutes % 60:02d}"} for log in logs]
        return sorted(told, key=lambda each: each["log"].index, reverse=True)[:_MOST_LOGS]

    def _overtime(self, connection: sa.Connection, refs: set[str]) -> list[dict[str, Any]]:
        """Months and years of theirs that are over a limit, over all shows together."""
        if not refs:
            return []
        limits, rules = self._studio.settings.labour, next(iter(self._studio.settings.projects.values()), ProjectSettings())
        told = own_overtime(
            connection,
            min(refs),
            zone=rules.time_zone,
            day_start=rules.day_start,
            month_limit_hours=limits.month_limit_hours,
            year_limit_hours=limits.year_limit_hours,
        )
        return [{"period": each.period, "hours": each.overtime // 60, "limit": each.limit // 60} for each in told.over]


_MOST_LOGS = 500
"""Time logs on the page; all are in the download."""
