"""A Note by the art director that asks for new drafts: another round, within bounds, or the reason why there is none."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import sqlalchemy as sa
import structlog

from integration.artwork.checked_image import open_checked
from integration.errors import ArtworkError, NotFoundInTrackerError
from integration.events import Happened
from integration.ledger import log as ledger
from integration.ledger.entry import milliseconds
from integration.production import BackgroundId, Note, NoteId, Person, PersonId, PersonKind, ProjectId, Task, TaskId, Version
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.workflow import queues, round_record, rounds, wish
from integration.workflow.decision import Hold, Ignore, NoDraft, decide
from integration.workflow.opening import ApprovedLayout, approved_layout, open_wished
from integration.workflow.order import Refusal
from integration.workflow.permission import known_person, unfit_look
from integration.workflow.rounds import DraftState, Round
from integration.workflow.wish import Wish
from integration.workflow.withdrawal import background_of, subject_of

log = structlog.get_logger(__name__)

MOST_DRAWINGS = 12
"""Pictures of a Note that are kept; the first ones."""
LIMIT_BYTES = 30_000_000
"""Largest of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class No:
    """Why a Note starts no round."""

    code: str
    """As the record keeps it."""
    words: str
    """One sentence its writer can follow."""


_NO_DRAFTS = No(code="no_drafts", words="There are no drafts of this background yet.")
_PART_GONE = No(code="part_removed", words="The approved genzu no longer has this part.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """A Note that asks for new drafts of a background that has some."""

    note: Note
    by: Person
    background: BackgroundId
    rules: ProjectSettings


def start_new_round(studio: Studio, note_id: NoteId, because: Happened | None) -> None:
    """If the Note asks for new drafts and nothing came of it yet: start a round where it may, else tell its writer why not, once.

    Notes by scripts, without the words that settings name, and on backgrounds without drafts are left alone.
    """
    asking = _asking(studio, note_id)
    if asking is None:
        return
    _settle(studio, asking, because, tell=True)


def ask_for_round(studio: Studio, note: Note, background: BackgroundId) -> No | None:
    """Start new drafts of `background` where the rules for a Note let it; why none start, or None where they did, now or before.

    Args:
        studio: where.
        note: what an art director wrote elsewhere than in a Note of the tracker's, as one; its id is the caller's, the same for one
            asking, and its writer is a person. Nobody is told and nothing recorded where none start.
        background: what it asks drafts of.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    rules = studio.projects.get(note.project.id)
    if rules is None or note.by is None:
        return _NO_DRAFTS
    return _settle(studio, _Asking(note=note, by=note.by, background=background, rules=rules), None, tell=False)


def why_no_round(connection: sa.Connection, studio: Studio, note: Note, background: BackgroundId) -> No | None:
    """Why `ask_for_round` would start nothing, as far as the database tells; None where nothing there stands in the way."""
    rules = studio.projects.get(note.project.id)
    newest = _newest(connection, studio, background)
    if rules is None or note.by is None or not newest:
        return _NO_DRAFTS
    found = _spoken_of(connection, _Asking(note=note, by=note.by, background=background, rules=rules), newest)
    return found if isinstance(found, No) else None


def keep_drawings(studio: Studio, note_id: NoteId, because: Happened | None) -> None:
    """If the Note started rounds, append what was drawn on it that their requests do not name yet."""
    with studio.engine.connect() as connection:
        started = [rounds.find(connection, each.draft) for each in wish.granted(connection, site=studio.tracker.site, note=note_id)]
    if not started:
        return
    try:
        note = studio.tracker.note(note_id)
    except NotFoundInTrackerError:
        return
    drawings = _drawings(studio, note)
    for draft in started:
        subject = subject_of(studio, draft, background_of(studio, draft), event=because.event_id if because else "")
        at_ms = milliseconds(because.at) if because else None
        with studio.engine.begin() as connection:
            round_record.drawings_added(connection, subject, by=note.by, drawings=drawings, at_ms=at_ms)


def is_art_director(studio: Studio, project: ProjectId, person: Person) -> bool:
    """Whether `person` is one of the project's art directors, or in a group that is."""
    for name in studio.projects.get(project, ProjectSettings()).art_directors:
        known, _ = known_person(studio.tracker, project, name)
        if known is not None and person.id in {known.id, *(member.id for member in studio.tracker.members(known.id))}:
            return True
    return False


def _settle(studio: Studio, asking: _Asking, because: Happened | None, *, tell: bool) -> No | None:
    """Start a round, once, or give the reason why none starts; `tell` its writer, once, and record it."""
    site, note = studio.tracker.site, asking.note.id
    with studio.engine.connect() as connection:
        if wish.is_answered(connection, site=site, note=note):
            return None
    ready = _ready(studio, asking, because)
    if ready is None:
        return _NO_DRAFTS
    with studio.engine.begin() as connection:
        ledger.take_turn(connection)  # before anything is read, so that two tellers of one Note do not both find it unanswered
        if wish.is_answered(connection, site=site, note=note):
            return None
        newest = _newest(connection, studio, asking.background)
        no = ready if isinstance(ready, No) else _started(studio, connection, asking, newest, ready)
        if no is not None and tell:
            _refuse(studio, connection, asking, newest, no)
        return no


def _started(studio: Studio, connection: sa.Connection, asking: _Asking, newest: Sequence[Round], ready: ApprovedLayout) -> No | None:
    """Open the next rounds, or say why none can be after all: another Note may have been first."""
    former = _spoken_of(connection, asking, newest)
    if isinstance(former, No):
        return former
    return None if _open(studio, connection, ready, former) else _PART_GONE


def _asking(studio: Studio, note_id: NoteId) -> _Asking | None:
    try:
        note = studio.tracker.note(note_id)
    except NotFoundInTrackerError:
        return None
    rules = studio.projects.get(note.project.id)
    if rules is None or note.by is None or note.by.kind is not PersonKind.HUMAN or not wish.asks(note, rules.new_round_words):
        return None
    background = note.background or _background_of(studio, note)
    return _Asking(note=note, by=note.by, background=background, rules=rules) if background else None


def _background_of(studio: Studio, note: Note) -> BackgroundId | None:
    """What the Versions or tasks that the Note is written on belong to."""
    versions = (partial(studio.tracker.version, version) for version in note.versions)
    tasks = (partial(studio.tracker.task, task) for task in note.tasks)
    reads: Iterable[Callable[[], Version | Task]] = (*versions, *tasks)
    for read in reads:
        with suppress(NotFoundInTrackerError):
            if (background := read().background) is not None:
                return background
    return None


def _newest(connection: sa.Connection, studio: Studio, background: BackgroundId) -> list[Round]:
    return rounds.on_background(connection, site=studio.tracker.site, background=background)


def _ready(studio: Studio, asking: _Asking, because: Happened | None) -> ApprovedLayout | No | None:
    """The layout whose next round may be opened, or why none may; None where there are no drafts at all."""
    with studio.engine.connect() as connection:
        newest = _newest(connection, studio, asking.background)
        former = _spoken_of(connection, asking, newest) if newest else []
    if not newest:
        return None
    if not is_art_director(studio, asking.note.project.id, asking.by):
        return No(
            code="not_art_director", words="Only the show's art director may ask for new drafts (art_directors in haikei's settings)."
        )
    if isinstance(former, No):
        return former
    if any(_came_after(studio, draft, asking.note) for draft in former):
        return No(code="note_older", words="The Note was written before the present drafts were delivered: please look at those first.")
    asked = decide(studio.tracker, studio.projects, TaskId(former[0].layout_task))
    match asked:
        case Ignore(why=why):
            return No(code="layout_not_approved", words=f"The layout is not approved now: {why}.")
        case Hold(kind=kind, reason=reason):
            return No(code=kind, words=reason)
        case NoDraft():
            return No(code="no_draft_wanted", words="This background is painted from the layout: no draft is wanted for it.")
    if unfit := unfit_look(asked.policy, asked.rules, studio.settings.render):
        return No(code="provenance", words=unfit)
    wished = Wish(
        note=asking.note.id,
        by=asking.by,
        text=wish.text_of(asking.note),
        prompt_words=wish.prompt_words_of(asking.note),
        drawings=_drawings(studio, asking.note),
    )
    ready = approved_layout(studio, asked, because, wish=wished)
    return No(code=ready.kind, words=ready.reason) if isinstance(ready, Hold) else ready


def _spoken_of(connection: sa.Connection, asking: _Asking, newest: Sequence[Round]) -> list[Round] | No:
    """The delivered drafts that the Note speaks of, all of the background's where it is on none; or why there can be no round after them."""
    pictured = [found[0] for version in asking.note.versions if (found := rounds.picture_of_version(connection, version))]
    former = [draft for draft in newest if not pictured or draft.part in {each.part for each in pictured}]
    if any(draft.key not in {each.key for each in newest} for draft in pictured):
        return No(code="older_round", words="These drafts are of an earlier round; please ask on the present ones.")
    if not pictured:
        former = [draft for draft in former if draft.wanted and draft.state is DraftState.DELIVERED] or former
    for draft in former:
        if not draft.wanted:
            return No(code="not_standing", words=f"The drafts of round {draft.round} do not stand any more. {draft.reason}".strip())
        if draft.state is not DraftState.DELIVERED:
            return No(code="under_way", words=f"Round {draft.round} is {draft.state.value}: please wait for its drafts and look at those.")
        if wish.rounds_in_turn(connection, draft.key) >= asking.rules.max_rounds:
            return No(code="round_limit", words=f"This genzu had its {asking.rules.max_rounds} rounds of drafts (max_rounds).")
    return former


def _came_after(studio: Studio, draft: Round, note: Note) -> bool:
    """Whether a draft of the round stands in the tracker since after the Note was written, by the tracker's clock."""
    return any(version.created_at > note.created_at for version in studio.tracker.versions_with_key(f"{draft.key}#"))


def _drawings(studio: Studio, note: Note) -> tuple[str, ...]:
    """The pictures attached to a Note, kept in the store; other files and those that cannot be had are left out."""
    kept = set()
    for media in note.attachments[:MOST_DRAWINGS]:
        with tempfile.TemporaryDirectory(prefix="haikei-note-") as folder:
            path = Path(folder) / "drawing"
            try:
                studio.tracker.download_attachment(media, path, limit_bytes=LIMIT_BYTES)
                open_checked(path)
            except (ArtworkError, NotFoundInTrackerError) as error:
                log.info("attachment left out", note=note.id, media=media.id, why=str(error))
                continue
            kept.add(studio.storage.put_file(path, media_type="application/octet-stream").sha256)
    return tuple(sorted(kept))


def _open(studio: Studio, connection: sa.Connection, layout: ApprovedLayout, former: Sequence[Round]) -> list[Round]:
    assert layout.wish is not None, "the Note asks"
    opened = open_wished(studio, connection, layout, former)
    before = {draft.part: draft.key for draft in former}
    for draft in opened:
        wish.answer(
            connection,
            site=draft.site,
            note=layout.wish.note,
            part=draft.part,
            answer=wish.STARTED,
            draft=draft.key,
            former=before[draft.part],
        )
    return opened


def _refuse(studio: Studio, connection: sa.Connection, asking: _Asking, newest: Sequence[Round], no: No) -> None:
    """Tell the Note's writer why nothing starts, and record it, both by a workflow of their own."""
    note, site = asking.note, studio.tracker.site
    wish.answer(connection, site=site, note=note.id, part="", answer=no.code)
    told = Refusal(task=newest[0].layout_task, kind="round", code=no.code, reason=no.words, to=PersonId(asking.by.id))
    name = f"notice:{site}:note:{note.id}"
    queues.enqueue(studio.queue, connection, queues.NOTICE, name, name, asdict(told))
    log.info("new round refused", note=note.id, background=newest[0].code, reason=no.code)
