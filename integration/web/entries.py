"""Single entries: whether somebody may read one, the page that shows it, and the files with which an outsider checks it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from starlette.responses import Response

from integration.errors import LedgerError
from integration.language import Words
from integration.ledger import heads, log, people, tables, texts
from integration.ledger.checkpoint import SignedHead
from integration.ledger.entry import Entry
from integration.ledger.people import PersonName
from integration.ledger.vocabulary import Kind
from integration.reports.facts import facts
from integration.studio import Studio
from integration.web.board.page import shot_path
from integration.web.pages import Onlooker, Pages
from integration.web.pictures import MEDIA_TYPE, PictureShelf, Size
from integration.web.reader import Reader
from integration.web.shot import words
from integration.web.sight import Sight
from integration.web.words import Refusal

_NAMED_ONLY = frozenset({Kind.FLAG_RAISED, Kind.FLAG_ANSWERED})
_PERSONAL = frozenset({Kind.TIME_LOGGED, Kind.NOTICE_GIVEN, Kind.NOTICE_ACKNOWLEDGED})
_LARGEST_INDEX = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """Words an entry holds only a hash of."""

    field: str
    words: str | None
    """None when they were erased."""


class EntryPages:
    """The pages of entries."""

    def __init__(self, studio: Studio, pages: Pages, shelf: PictureShelf) -> None:
        """Nothing is read yet."""
        self._studio, self._pages, self._shelf = studio, pages, shelf

    def page(self, reader: Reader, onlooker: Onlooker, sight: Sight, index: str) -> Response:
        """The page of one entry."""
        with self._studio.engine.connect() as connection:
            found = _found(connection, sight, index)
            if isinstance(found, Refusal):
                return self._pages.refused(found, reader, onlooker)
            told = _told(connection, found)
        return self._pages.render("entry.html", reader, onlooker, words=words, **told)

    def file(self, reader: Reader, onlooker: Onlooker, sight: Sight, index: str, *, kind: str) -> Response:
        """The entry as it was written (``json``), or what ties it to the newest head (``proof``)."""
        with self._studio.engine.connect() as connection:
            found = _found(connection, sight, index)
            if isinstance(found, Refusal):
                return self._pages.refused(found, reader, onlooker)
            if kind == "json":
                return _download(found.body, "application/json", f"entry-{found.index}.json")
            head = heads.newest(connection)
            if head is None or found.index >= head.size:
                return self._pages.refused(Refusal(status=404, words=words.NOT_COVERED if head else words.NO_HEAD), reader, onlooker)
            proof = heads.proof_of(connection, found.index, head)
        return _download(proof, "text/plain; charset=utf-8", f"entry-{found.index}.tlog-proof")

    def picture(self, reader: Reader, onlooker: Onlooker, sight: Sight, index: str, sha256: str, size: str) -> Response:
        """A picture an entry speaks of."""
        with self._studio.engine.connect() as connection:
            found = _found(connection, sight, index)
        if isinstance(found, Refusal) or sha256 not in _pictures(found.entry):
            return Response(status_code=404)
        return self._picture(sha256, size)

    def picture_of_show(self, reader: Reader, onlooker: Onlooker, sight: Sight, sha256: str, size: str) -> Response:
        """A picture that is the file of an entry of a show they may see, whichever entry it is."""
        own = (facts.c.sha256 == sha256) & (facts.c.sha256 != "") & facts.c.kind.not_in([kind.value for kind in _NAMED_ONLY | _PERSONAL])
        with self._studio.engine.connect() as connection:
            shows = connection.execute(sa.select(facts.c.show).where(own).distinct()).scalars().all()
        return self._picture(sha256, size) if any(map(sight.sees, shows)) else Response(status_code=404)

    def _picture(self, sha256: str, size: str) -> Response:
        if size not in {each.value for each in Size}:
            return Response(status_code=404)
        data = self._shelf.picture(sha256, Size(size))
        if data is None:
            return Response(status_code=404)
        return Response(data, media_type=MEDIA_TYPE, headers={"Cache-Control": "private, max-age=86400", "ETag": f'"{sha256}-{size}"'})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    index: int
    body: bytes
    entry: Entry


def _found(connection: sa.Connection, sight: Sight, index: str) -> _Found | Refusal:
    """The entry, or why it is not shown; that it is somebody else's is not told from that there is none."""
    absent = Refusal(status=404, words=words.NO_ENTRY)
    if not (index.isascii() and index.isdecimal() and len(index) < 20 and int(index) <= _LARGEST_INDEX):
        return absent
    number = int(index)
    found = next(log.read(connection, first=number, end=number + 1), None)
    if found is None or not sight.sees(found[1].show):
        return absent
    entry = found[1]
    if entry.kind in _NAMED_ONLY:
        return Refusal(status=403, words=words.KEPT_FOR_NAMED)
    if entry.kind in _PERSONAL and sight.own.isdisjoint(_subjects(entry)):
        return Refusal(status=403, words=words.KEPT_FOR_PERSON)
    body = connection.execute(sa.select(tables.entries.c.body).where(tables.entries.c.idx == number)).scalar_one()
    return _Found(index=number, body=bytes(body), entry=entry)


def _subjects(entry: Entry) -> set[str]:
    """References of those an entry is about."""
    return {entry.actor.ref, entry.on_behalf_of, entry.to_ref} - {""}


def _pictures(entry: Entry) -> set[str]:
    """Digests of the pictures an entry speaks of."""
    found = {entry.asset.sha256 if entry.asset else "", entry.measure.map_sha256 if entry.measure else "", *entry.note_sha256}
    return (found | {parent.sha256 for parent in entry.parents}) - {""}


def _told(connection: sa.Connection, found: _Found) -> dict[str, Any]:
    entry, head = found.entry, heads.newest(connection)
    plain = json.loads(found.body)
    return {
        "index": found.index,
        "entry": entry,
        "kind": words.KINDS.get(entry.kind, Words(ja=entry.kind.value, en=entry.kind.value)),
        "text": json.dumps(plain, ensure_ascii=False, indent=2, sort_keys=True),
        "names": _names(connection, plain),
        "commitments": _commitments(connection, plain),
        "head": head,
        "covered": head is not None and found.index < head.size,
        "signed": _signed(connection, head),
        "links": [(shot, shot_path(entry.show, entry.seq, shot)) for shot in entry.shots],
        "at": datetime.fromtimestamp(entry.at_ms / 1000, UTC),
    }


def _names(connection: sa.Connection, plain: Mapping[str, Any]) -> dict[str, PersonName]:
    """The name for each reference of a person."""
    decision = plain.get("decision", {})
    refs = {plain["actor"].get("ref", ""), plain.get("on_behalf_of", ""), plain.get("to_ref", "")}
    refs |= {decision.get("set_by", ""), decision.get("decided_by", ""), plain.get("ai", {}).get("prompt_writer_ref", "")}
    return dict(sorted(people.names(connection, refs - {""}).items()))


def _commitments(connection: sa.Connection, plain: Any, path: str = "") -> list[Commitment]:
    """What every commitment in an entry stands for; prompts stay what only their writers and the studio's disk know."""
    if isinstance(plain, list):
        return [each for place, member in enumerate(plain) for each in _commitments(connection, member, f"{path}.{place}")]
    if not isinstance(plain, dict):
        return []
    found = []
    for key, member in plain.items():
        here = f"{path}.{key}".removeprefix(".")
        if key.endswith("_commit") and isinstance(member, str):
            if "prompt" not in key:
                found.append(Commitment(field=here, words=_revealed(connection, member)))
        else:
            found += _commitments(connection, member, here)
    return found


def _revealed(connection: sa.Connection, commitment: str) -> str | None:
    try:
        return texts.reveal(connection, commitment)
    except LedgerError:  # the words were changed; the entry was not, and nobody is shown what it does not hold
        return None


def _signed(connection: sa.Connection, head: SignedHead | None) -> datetime | None:
    made = heads.made_at(connection) if head else None
    return made.astimezone(ZoneInfo("UTC")) if made else None


def _download(data: bytes, media_type: str, name: str) -> Response:
    return Response(data, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
