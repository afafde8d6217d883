"""What the record supports on whether a background's picture holds what a model painted; where it supports nothing: cannot tell.

People's word comes first. A file can show a draft's paint, and never that a person painted; where both disagree, people are asked.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from integration.ledger.vocabulary import Claim, Verdict

WITH_DRAFT = frozenset({Verdict.USED, Verdict.PARTLY_USED})
"""Words that say that a draft is in the picture."""
SHOWN = frozenset({"same", "layers", "pixels"})
"""How a measure found a draft in a file without anybody's word; see `ledger.entry.Measure`."""


class Answer(StrEnum):
    """Whether a picture holds what a model painted."""

    YES = "yes"
    NO = "no"
    """Drafts were made, and are not in it."""
    NONE_MADE = "none_made"
    """No draft was made for it, and nobody says that another tool was used."""
    CANNOT_TELL = "cannot_tell"


class Basis(StrEnum):
    """What an answer rests on."""

    SAID = "said"
    """People's word of every draft, or a statement."""
    FILE = "file"
    """The file shows a draft's paint, and nobody says otherwise."""
    NOT_HANDED_OVER = "not_handed_over"
    """Nobody was given a draft."""
    NONE_MADE = "none_made"
    CONTRADICTION = "contradiction"
    """People say no draft is in it, and the file shows one's paint."""
    OTHER_TOOL = "other_tool"
    """Somebody states that another tool with AI was used; whether its work is in the picture is not recorded."""
    SILENCE = "silence"
    """Drafts were handed over, and nobody said what became of them."""


class Tier(StrEnum):
    """Categories of the Human Provenance in Film taxonomy, draft 0.9 of 2026 (CC BY 4.0), as far as a record supports one."""

    NO_AI = "no_ai"
    """No AI Used."""
    ASSISTIVE = "assistive_ai"
    """Assistive AI: it took part, and nothing it generated is in the final work."""
    GENERATIVE = "generative_ai"
    """Generative AI: something it generated is in the final work."""
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the record knows of one part of a background."""

    made: int
    """Drafts painted."""
    delivered: int
    """Drafts handed over."""
    said: Collection[str]
    """The last word on each draft that has one, as `Verdict` values."""
    claims: Collection[str]
    """Of everybody's last statement, as `Claim` values."""
    lineage: str
    """Of the picture's standing measure; empty when there is none."""


def answer_of(known: Known) -> tuple[Answer, Basis]:
    """Whether a part's picture holds what a model painted, and what that rests on."""
    yes = bool(WITH_DRAFT & set(known.said))
    denied = bool(known.said) and len(known.said) >= known.delivered and not yes
    no = denied or (Claim.DRAFT_NOT_USED in known.claims and not yes)
    shown = known.lineage in SHOWN
    if yes:
        return Answer.YES, Basis.SAID
    if no and shown:
        return Answer.CANNOT_TELL, Basis.CONTRADICTION
    if shown:
        return Answer.YES, Basis.FILE
    if Claim.AI_TOOL_USED in known.claims:
        return Answer.CANNOT_TELL, Basis.OTHER_TOOL
    if not known.made:
        return Answer.NONE_MADE, Basis.NONE_MADE
    if not known.delivered:
        return Answer.NO, Basis.NOT_HANDED_OVER
    return (Answer.NO, Basis.SAID) if no else (Answer.CANNOT_TELL, Basis.SILENCE)


def together(answers: Iterable[tuple[Answer, Basis]]) -> tuple[Answer, Basis]:
    """The answer for pictures together: what any of them holds, they hold; without any, none was made."""
    return min(answers, key=lambda each: (_WEIGHT.index(each[0]), each[1]), default=(Answer.NONE_MADE, Basis.NONE_MADE))


def tier_of(answer: Answer, claims: Collection[str], *, questions: int) -> Tier:
    """The category that the record supports for a cut's backgrounds.

    Args:
        answer: of all its parts together.
        claims: of everybody's last statement on them.
        questions: how many about them are open.
    """
    if answer is Answer.YES:
        return Tier.GENERATIVE
    if questions or answer is Answer.CANNOT_TELL:
        return Tier.CANNOT_TELL
    if answer is Answer.NO:
        return Tier.ASSISTIVE
    return Tier.NO_AI if Claim.PAINTED_BY_HAND in claims else Tier.CANNOT_TELL


def tier_together(tiers: Iterable[Tier]) -> Tier:
    """The category of cuts together: the one that most AI takes part in, and none while one cannot be told."""
    return min(tiers, key=_TIERS.index, default=Tier.CANNOT_TELL)


_WEIGHT = (Answer.YES, Answer.CANNOT_TELL, Answer.NO, Answer.NONE_MADE)
_TIERS = (Tier.GENERATIVE, Tier.CANNOT_TELL, Tier.ASSISTIVE, Tier.NO_AI)
