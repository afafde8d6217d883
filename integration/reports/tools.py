"""The models that painted drafts, as reports name them: beside people, never in their place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from integration.ledger.entry import Ai, Entry
from integration.ledger.vocabulary import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A model that painted drafts for this cut, with the settings it used."""

    model_id: str
    revision: str
    licence: str
    weights_sha256: str
    look_sha256: str
    scheduler: str
    steps: int | None
    libraries: tuple[str, ...]
    devices: tuple[str, ...]
    drafts: int
    """How many pictures it made."""
    seconds: float
    """How long it painted them, together."""


def tools_of(entries: Sequence[Entry]) -> Iterator[Tool]:
    """The models that painted, each with its settings, in order of first use."""
    used = [entry.ai for entry in entries if entry.kind is Kind.DRAFT_RENDERED and entry.ai]
    seen: dict[tuple[object, ...], list[Ai]] = {}
    for ai in used:
        seen.setdefault((ai.model_id, ai.revision, ai.weights_sha256, ai.look_sha256, ai.scheduler, ai.steps, ai.libraries), []).append(ai)
    for same in seen.values():
        ai = same[0]
        yield Tool(
            model_id=ai.model_id,
            revision=ai.revision,
            licence=ai.licence,
            weights_sha256=ai.weights_sha256,
            look_sha256=ai.look_sha256,
            scheduler=ai.scheduler,
            steps=ai.steps,
            libraries=tuple(f"{library.name} {library.version}" for library in ai.libraries),
            devices=tuple(dict.fromkeys(each.device for each in same if each.device)),
            drafts=len(same),
            seconds=sum(each.render_ms or 0 for each in same) / 1000,
        )
