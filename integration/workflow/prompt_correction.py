"""Whether a round was painted from other words than the former one, and who changed them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
import structlog

from integration.errors import StorageError, TransientStorageError
from integration.ledger import log as ledger
from integration.ledger.entry import Actor, Entry
from integration.ledger.vocabulary import ActorKind, Kind, Role
from integration.production import BackgroundId, Person, ProjectId
from integration.studio import Studio
from integration.workflow import record, round_record
from integration.workflow.new_round import is_art_director
from integration.workflow.order import Order
from integration.workflow.rounds import Round

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Other words than in the former round."""

    former_prompt_commit: str
    """Commitment to the former prompt, as that round's entries have it."""
    by: Person | None
    """Who alone changed the shot's words since, as the tracker tells; None where nobody or several did, or a Note did."""
    role: Role | None
    writer_ref: str
    """Who added words by the Note that asked for the round, when nothing else was changed."""


def find_correction(studio: Studio, draft: Round, recipe: Mapping[str, Any], order: Order) -> Correction | None:
    """How the words of `recipe` differ from those of the part's former round; None where they do not, or there was none.

    Raises:
        TransientStorageError, TransientTrackerError: store or tracker does not answer.
    """
    with studio.engine.connect() as connection:
        former = _former(connection, draft)
    if former is None or former.ai is None or not former.ai.prompt_commit:
        return None
    before = _recipe(studio, former.ai.recipe_sha256)
    if before is None or before.get("prompt") == recipe.get("prompt") or _words(before) == _words(recipe):
        return None
    since = datetime.fromtimestamp(former.at_ms / 1000, UTC)
    people = studio.tracker.scene_changed_by(BackgroundId(draft.background), since)
    only_fields = _words(before)[1] == _words(recipe)[1] and not order.prompt_words
    alone = people[0] if len(people) == 1 and only_fields else None
    return Correction(
        former_prompt_commit=former.ai.prompt_commit,
        by=alone,
        role=Role.ART_DIRECTOR if alone and is_art_director(studio, ProjectId(draft.project), alone) else None,
        writer_ref=order.prompt_writer_ref if not people else "",
    )


def record_correction(connection: sa.Connection, subject: record.Subject, correction: Correction) -> None:
    """Append the correction in the caller's transaction, after what the round painted."""
    by = Actor(kind=ActorKind.HUMAN)
    if correction.by is not None:
        by = record.actor(connection, subject, correction.by, correction.role)
    elif correction.writer_ref:
        by = Actor(kind=ActorKind.HUMAN, ref=correction.writer_ref, role=Role.ART_DIRECTOR)
    own = subject.entry(Kind.PROMPT_CORRECTED, actor=by).draft
    painted = _painted(connection, subject.background.id, subject.part)
    now = next((entry.ai.prompt_commit for entry in painted if entry.draft == own and entry.ai), "")
    if now:
        round_record.prompt_corrected(
            connection,
            subject,
            by=by,
            former_prompt_commit=correction.former_prompt_commit,
            prompt_commit=now,
            prompt_writer_ref=correction.writer_ref,
        )


def _former(connection: sa.Connection, draft: Round) -> Entry | None:
    """What the part's last painted round before this one was painted from."""
    earlier = [
        entry for entry in _painted(connection, draft.background, draft.part) if entry.round is not None and entry.round < draft.round
    ]
    return max(earlier, key=lambda entry: entry.round or 0, default=None)


def _painted(connection: sa.Connection, background: str, part: str) -> list[Entry]:
    entries = ledger.read(connection, background=background, kinds=[Kind.DRAFT_RENDERED])
    return [entry for _, entry in entries if entry.part == part]


def _recipe(studio: Studio, sha256: str) -> dict[str, Any] | None:
    """A stored recipe; None where the store no longer has it."""
    try:
        return dict(json.loads(studio.storage.get(sha256)))
    except TransientStorageError:
        raise
    except (StorageError, ValueError, TypeError) as error:
        log.warning("former recipe cannot be read", recipe=sha256, error=str(error))
        return None


def _words(recipe: Mapping[str, Any]) -> tuple[Any, Any]:
    """The shot's words and the show's, as the recipe was made from them."""
    words = recipe.get("words", {})
    return words.get("given", {}), words.get("house_words", {})
