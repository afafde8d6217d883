"""What people say themselves: how they worked, and what an entry about them has wrong. Both are appended, never edited.

Nothing here asks the tracker, so that a person can speak after a show has ended and its site is gone.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from unicodedata import normalize

from sqlalchemy import Connection, delete, select, update

from integration.database import drafts, handed, held, inbox
from integration.errors import LedgerError
from integration.ledger import log, people, texts
from integration.ledger.canonical import code
from integration.ledger.entry import Actor, Asset, Entry, Statement, entry_about
from integration.ledger.vocabulary import ActorKind, Claim, Kind, Verdict

LONGEST_WORDS = 4000
"""Most characters of what somebody says in their own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person states about their own work on one part of a background."""

    claims: tuple[Claim, ...]
    """At least one."""
    tool: str = ""
    """Name of the program used."""
    words: str = ""
    """Their own words; they can be erased later."""
    signature: str = ""
    """Detached Ed25519 signature over `signed_bytes`, base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a statement is about: one part of a background, or one Version of it."""

    entry: Entry
    """The newest entry about it, which says show, cuts, background and step."""
    asset: Asset | None = None
    """The Version's file."""


def place_of(
    connection: Connection, cut: str, *, show: str | None = None, episode: str | None = None, part: str = "BG", version: str = ""
) -> Place:
    """Where the record knows the cut's `part`, or the tracker's `version` of it.

    Raises:
        LedgerError: it knows no such cut, part or Version, or several.
    """
    found = [entry for _, entry in log.read(connection, shot=cut, show=show) if entry.background]
    found = [entry for entry in found if episode is None or entry.seq == normalize("NFC", episode)]
    if len({(entry.show, entry.background) for entry in found}) > 1:
        raise LedgerError(f"several shows or episodes have a cut {cut}", hint="Name the show with --show, the episode with --episode.")
    if version:
        found = [entry for entry in found if entry.asset and entry.tracker and entry.tracker.version_id == version]
        asset = found[-1].asset if found else None
    else:
        found, asset = [entry for entry in found if entry.part == part], None
    if not found:
        what = f"Version {version}" if version else f"part {part}"
        raise LedgerError(f"the record knows no {what} of cut {cut}", hint="`haikei report shot` shows what it knows of a cut.")
    return Place(entry=found[-1], asset=asset)


def person_called(connection: Connection, name: str, *, show: str) -> str:
    """The reference of the one person of `show` with this name, name in Latin letters, or id in the tracker.

    Raises:
        LedgerError: the record knows nobody, or several, of that name.
    """
    refs = people.called(connection, name, show=show)
    if len(refs) != 1:
        many = "several people" if refs else "nobody"
        raise LedgerError(
            f"the record knows {many} called {name!r:.80} in {show}",
            hint="Write the name as the tracker shows it, or the person's id there.",
        )
    return refs[0]


def signed_bytes(place: Place, said: Said) -> bytes:
    """What a person signs with a key of their own: seven lines in UTF-8, each ended by a line feed.

    ``haikei statement v1``, the show, the cuts, the background and part, the SHA-256 of the Version's file or ``-``, the claims in
    order of the alphabet, and the tool or ``-``; lists are joined by one space. Their own words are not signed, so that they can be erased.
    """
    entry = place.entry
    lines = (
        "haikei statement v1",
        entry.show,
        " ".join(sorted(entry.shots)),
        f"{entry.background} {entry.part}",
        place.asset.sha256 if place.asset else "-",
        " ".join(sorted(said.claims)),
        code(said.tool) or "-",
    )
    return "".join(f"{line}\n" for line in lines).encode()


def state(connection: Connection, place: Place, *, person: str, said: Said, told_by: str = "") -> int:
    """Append how `person` worked and return the entry's index; what they said last of the same thing is not written again.

    Args:
        connection: whose transaction this is part of.
        place: what it is about.
        person: reference of who worked.
        said: what they say.
        told_by: reference of who puts it down for them; empty when they do it themselves.

    Raises:
        LedgerError: the words are too long, or a name holds what no entry may.
    """
    _require_short(said.words)
    log.take_turn(connection)
    statement = Statement(claims=tuple(sorted(set(said.claims))), tool=code(said.tool), signature=said.signature)
    subject = place.asset.sha256 if place.asset else place.entry.part
    earlier = [
        (index, entry)
        for index, entry in log.read(connection, background=place.entry.background, kinds=[Kind.STATEMENT_SIGNED])
        if person in (entry.actor.ref, entry.on_behalf_of) and (entry.asset.sha256 if entry.asset else entry.part) == subject
    ]
    if earlier and earlier[-1][1].statement == statement and _words(connection, earlier[-1][1]) == said.words:
        return earlier[-1][0]
    entry = _entry(place.entry, Kind.STATEMENT_SIGNED, person, told_by, texts.commit_text(connection, said.words))
    entry = replace(entry, asset=place.asset, statement=statement)
    return log.append(connection, entry, key=f"{entry.kind}:{place.entry.background}:{subject}:{person}:{len(earlier)}")


def correct(connection: Connection, index: int, *, person: str, words: str, field: str = "", told_by: str = "") -> int:
    """Append what `person` says is wrong with entry `index`, which is about them, and return the new entry's index.

    `field` names the wrong member of the entry, such as ``actor.role``; it leads the words.

    Raises:
        LedgerError: there is no such entry or field, it is not about them, or the words are too long or missing.
    """
    if not words.strip():
        raise LedgerError("a correction without words corrects nothing", hint="Say in --words what is wrong and what is right.")
    log.take_turn(connection)
    wrong = entry_at(connection, index)
    if field:
        _require_field(wrong, field)
        words = f"{field}: {words}"
    _require_short(words)
    if person not in refs_in(wrong):
        raise LedgerError(f"entry {index} is not about this person", hint="People correct what is said of them; ask who is meant to do it.")
    earlier = [
        (place, entry)
        for place, entry in log.read(connection, kinds=[Kind.CORRECTION], first=index + 1)
        if entry.corrects == index and person in (entry.actor.ref, entry.on_behalf_of)
    ]
    if earlier and _words(connection, earlier[-1][1]) == words:
        return earlier[-1][0]
    entry = replace(_entry(wrong, Kind.CORRECTION, person, told_by, texts.commit_text(connection, words)), corrects=index)
    return log.append(connection, entry, key=f"{entry.kind}:{index}:{person}:{len(earlier)}")


def entry_at(connection: Connection, index: int) -> Entry:
    """The entry with this index.

    Raises:
        LedgerError: there is none.
    """
    found = next(log.read(connection, first=index, end=index + 1), None) if 0 <= index < log.size(connection) else None
    if found is None:
        raise LedgerError(f"the record has no entry {index}", hint="`haikei report shot` shows indexes as #n.")
    return found[1]


def last_stated(entries: Iterable[Entry], revision: Entry) -> Statement | None:
    """What the one who handed `revision` in stated last of its part, themselves or through somebody; None when nothing."""
    theirs = [
        entry.statement
        for entry in entries
        if entry.kind is Kind.STATEMENT_SIGNED
        and entry.part == revision.part
        and (entry.on_behalf_of or entry.actor.ref) == revision.actor.ref
    ]
    return theirs[-1] if theirs and revision.actor.ref else None


def last_outcomes(entries: Iterable[Entry]) -> dict[str, Verdict]:
    """What was said last of each draft, by the SHA-256 of its painted picture; a word that reached us late counts from when it was said."""
    said = sorted((each for each in entries if each.kind is Kind.DRAFT_OUTCOME), key=lambda each: each.at_ms)
    return {each.asset.sha256: each.decision.verdict for each in said if each.asset and each.decision}


def refs_in(entry: Entry) -> set[str]:
    """References of everybody the entry is about."""
    refs = {entry.actor.ref, entry.on_behalf_of, entry.to_ref}
    if entry.decision:
        refs |= {entry.decision.set_by, entry.decision.decided_by}
    if entry.ai:
        refs.add(entry.ai.prompt_writer_ref)
    return refs - {""}


def names_of(connection: Connection, person_id: str, *, show: str | None = None) -> set[str]:
    """Every spelling of a person's name that the record knows, of two characters or more."""
    known = people.names(connection, people.refs_of(connection, person_id, show=show)).values()
    return {part for name in known for part in (name.name, name.name_en) if len(part) > 1}


def forget(connection: Connection, person_id: str, *, show: str | None = None) -> tuple[int, int]:
    """Erase who a person's references stand for, and every text by or naming them; returns how many of each. No entry changes."""
    refs, names = people.refs_of(connection, person_id, show=show), names_of(connection, person_id, show=show)
    connection.execute(delete(handed).where(handed.c.person == person_id))
    told = [_commitments(entry, refs) for _, entry in log.read(connection, show=show) if refs_in(entry) & refs]
    erased = sum(texts.erase_text(connection, commitment) for each in told for commitment in each)
    erased += sum(texts.erase_naming(connection, name) for name in names)
    _forget_in_events(connection, person_id)
    for column in (drafts.c.reason, held.c.reason):
        for name in names:
            connection.execute(update(column.table).where(column.contains(name, autoescape=True)).values({column: "(erased)"}))
    return people.erase(connection, person_id, show=show), erased


def _forget_in_events(connection: Connection, person_id: str) -> None:
    """Take a person out of the kept events; without one an event reads as of somebody unknown."""
    columns = inbox.c
    query = select(columns.site, columns.event_id, columns.body).where(columns.body.contains(person_id, autoescape=True))
    for site, event_id, body in connection.execute(query).all():
        plain = json.loads(body)
        if plain["by"] and plain["by"]["id"] == person_id:
            told = json.dumps({**plain, "by": None}, ensure_ascii=False, sort_keys=True)
            connection.execute(update(inbox).where(columns.site == site, columns.event_id == event_id).values(body=told))


def _commitments(entry: Entry, refs: set[str]) -> set[str]:
    """Commitments to what the people of an entry wrote; a prompt, where one of `refs` added to it."""
    prompt = entry.ai.prompt_commit if entry.ai and entry.ai.prompt_writer_ref in refs else ""
    return {entry.note_commit, entry.decision.reason_commit if entry.decision else "", prompt} - {""}


def _entry(about: Entry, kind: Kind, person: str, told_by: str, note_commit: str) -> Entry:
    return entry_about(
        about,
        kind,
        actor=Actor(kind=ActorKind.HUMAN, ref=told_by or person),
        on_behalf_of=person if told_by and told_by != person else "",
        note_commit=note_commit,
    )


def _require_field(entry: Entry, field: str) -> None:
    value: object = entry
    for name in field.split("."):
        if not is_dataclass(value) or name not in {each.name for each in fields(value)}:
            raise LedgerError(f"an {entry.kind} entry holds no {field!r:.80}", hint="Fields are named as in integration/ledger/FORMAT.md.")
        value = getattr(value, name)


def _words(connection: Connection, entry: Entry) -> str | None:
    return texts.reveal(connection, entry.note_commit) if entry.note_commit else ""


def _require_short(words: str) -> None:
    if len(words) > LONGEST_WORDS:
        raise LedgerError(f"{len(words)} characters are too many, at most {LONGEST_WORDS} are kept", hint="Say it shorter.")
