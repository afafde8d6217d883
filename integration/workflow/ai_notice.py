"""The studio's AI-use notice: given once in each version to whoever is handed drafts, and acknowledged by them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from integration.errors import LedgerError, SettingsError
from integration.ledger import log, people
from integration.ledger.canonical import code
from integration.ledger.entry import Actor, Asset, Entry, entry_now
from integration.ledger.vocabulary import ActorKind, Kind
from integration.production import Person, PersonKind, Project
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.tracker.protocol import NoteText
from integration.workflow.record import PIPELINE

LONGEST = 8000
"""Most characters of a notice."""
_MEDIA_TYPE = "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class AiNotice:
    """One version of the text."""

    version: str
    text: str

    @property
    def asset(self) -> Asset:
        """The text as an entry names it."""
        data = self.text.encode()
        return Asset(sha256=hashlib.sha256(data).hexdigest(), media_type=_MEDIA_TYPE, size_bytes=len(data))


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One version, given to one person."""

    show: str
    ref: str
    version: str
    at_ms: int
    acknowledged: Entry | None
    """None until they say that they read it."""


def read_notice(rules: ProjectSettings) -> AiNotice | None:
    """The show's notice; None where it has none.

    Raises:
        SettingsError: it cannot be read, is empty or too long, or has no version.
    """
    if rules.ai_notice is None:
        return None
    try:
        text = rules.ai_notice.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"ai_notice {rules.ai_notice} cannot be read: {error}", hint="Give a text file in UTF-8.") from error
    if not text or len(text) > LONGEST:
        raise SettingsError(f"ai_notice {rules.ai_notice} has {len(text)} characters", hint=f"Write 1 to {LONGEST} of them.")
    if not rules.ai_notice_version:
        raise SettingsError("ai_notice has no version", hint='Set ai_notice_version, such as "2026-11".')
    return AiNotice(version=rules.ai_notice_version, text=text)


def give_notice(studio: Studio, project: Project, rules: ProjectSettings, person: Person) -> None:
    """Write the notice to `person` as a Note, and an entry that they were given it; each once for a version.

    Raises:
        SettingsError: the notice cannot be read.
    """
    notice = read_notice(rules)
    if notice is None or person.kind is not PersonKind.HUMAN:
        return
    key = f"{Kind.NOTICE_GIVEN}:{studio.tracker.site}:{project.id}:{person.id}:{notice.version}"
    with studio.engine.connect() as connection:
        if log.index_of(connection, key=key) is not None:
            return
    note = NoteText(
        project=project.id,
        subject=f"AI利用のお知らせ {notice.version} / the studio's notice on AI use",
        content=f"{notice.text}\n\n読み終えたら制作進行へお知らせください。 Please tell your coordinator when you have read it.",
        background=None,
        to=(person.id,),
    )
    studio.tracker.write_note(note, key=key)
    with studio.engine.begin() as connection:
        ref = people.person_ref(
            connection, show=project.name, person_id=person.id, name=person.name, name_en=person.name_en, role=person.role
        )
        log.append(connection, _entry(Kind.NOTICE_GIVEN, project.name, notice.version, notice.asset, PIPELINE, to_ref=ref), key=key)


def given(connection: sa.Connection) -> Iterator[Given]:
    """Every version that was given to somebody, in order of time, with their acknowledgement."""
    read = {
        (entry.show, entry.on_behalf_of or entry.actor.ref, entry.notice): entry
        for _, entry in log.read(connection, kinds=[Kind.NOTICE_ACKNOWLEDGED])
    }
    for _, entry in list(log.read(connection, kinds=[Kind.NOTICE_GIVEN])):
        place = (entry.show, entry.to_ref, entry.notice)
        yield Given(show=entry.show, ref=entry.to_ref, version=entry.notice, at_ms=entry.at_ms, acknowledged=read.get(place))


def acknowledge(connection: sa.Connection, *, show: str, person: str, told_by: str = "") -> tuple[int, str]:
    """Append that `person` read the newest version they were given; returns the entry's index and the version. A second time changes nothing.

    Args:
        connection: whose transaction this is part of.
        show: the show's name.
        person: their reference.
        told_by: reference of who puts it down for them.

    Raises:
        LedgerError: they were given none.
    """
    log.take_turn(connection)
    theirs = [entry for _, entry in log.read(connection, show=show, kinds=[Kind.NOTICE_GIVEN]) if entry.to_ref == person]
    if not theirs or theirs[-1].asset is None:
        raise LedgerError(
            f"they were given no notice in {show}", hint="It is given with the first drafts; `haikei notice list` shows to whom."
        )
    notice, asset = theirs[-1].notice, theirs[-1].asset
    actor = Actor(kind=ActorKind.HUMAN, ref=told_by or person)
    entry = _entry(Kind.NOTICE_ACKNOWLEDGED, show, notice, asset, actor, on_behalf_of=person if told_by and told_by != person else "")
    return log.append(connection, entry, key=f"{entry.kind}:{show}:{person}:{notice}"), notice


def _entry(kind: Kind, show: str, notice: str, asset: Asset, actor: Actor, *, to_ref: str = "", on_behalf_of: str = "") -> Entry:
    return entry_now(kind, show=code(show), actor=actor, on_behalf_of=on_behalf_of, asset=asset, notice=notice, to_ref=to_ref)
