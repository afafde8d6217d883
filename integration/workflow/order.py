"""What workflows are told when they are started, frozen: plain data that outlives every process."""

from dataclasses import dataclass
from typing import Any

from render_service.contract import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a round of drafts is made from."""

    look: Look
    drafts: int
    """How many pictures."""
    quality: str
    """``flag`` or ``refuse``: what becomes of a draft that stays bad."""
    least_layout_kept: float
    """Share of the layout's lines, beyond chance, that a draft must keep, 0 to 1."""
    allowed_by: str
    """Name of the person who allowed AI use."""
    allowed_reference: str
    """Where that is written down; may be empty."""
    asked_by: str
    """Id of the person whose status change asked; empty when the tracker does not say."""
    policy_sha256: str = ""
    """The policy that held, as the record names it."""
    prompt_words: str = ""
    """What an art director adds to this round's prompt; untrusted."""
    prompt_writer_ref: str = ""
    """Who wrote that, as the record names them; empty without."""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Order":
        """The order that was written as plain data."""
        return cls(**{**data, "look": Look.from_json(data["look"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an approval made no draft, and whom to tell."""

    task: str
    """The layout task."""
    kind: str
    """``background``, ``policy``, ``genzu``, ``layout``, ``budget_spent``, ``look``, ``provenance``, ``quality`` or ``round``."""
    reason: str
    """Sentences a coordinator can follow."""
    genzu: str = ""
    """Id of the Version that cannot be used, empty when that is not why."""
    to: str = ""
    """Id of the person to address; empty: the task's assignees."""
    policy_sha256: str = ""
    """The policy that held, as the record names it; empty when none was asked."""
    code: str = ""
    """As the record keeps it, where that is more than the kind."""
