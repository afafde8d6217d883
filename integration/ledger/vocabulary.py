"""The words an entry may use: what happened, who did it as what, how pictures relate, what was decided or stated."""

from enum import StrEnum


class Kind(StrEnum):
    """What an entry says happened."""

    LAYOUT_DRAWN = "layout.drawn"
    LAYOUT_CORRECTED = "layout.corrected"
    LAYOUT_CLEANED = "layout.cleaned"
    LAYOUT_APPROVED = "layout.approved"
    LAYOUT_REOPENED = "layout.reopened"
    DRAFT_REQUESTED = "draft.requested"
    DRAFT_REFUSED = "draft.refused"
    DRAFT_RENDERED = "draft.rendered"
    DRAFT_DELIVERED = "draft.delivered"
    DRAFT_CANCELLED = "draft.cancelled"
    DRAFT_SUPERSEDED = "draft.superseded"
    DRAFT_CHOSEN = "draft.chosen"
    DRAFT_REJECTED = "draft.rejected"
    DRAFT_OUTCOME = "draft.outcome"
    PROMPT_CORRECTED = "prompt.corrected"
    HANDOVER = "handover"
    LAYERS_SHIPPED = "layers.shipped"
    REVISION_SUBMITTED = "revision.submitted"
    REVISION_APPROVED = "revision.approved"
    REVISION_RETAKE = "revision.retake"
    VERSION_RETIRED = "version.retired"
    VERSION_REVIVED = "version.revived"
    MEASURE_COMPUTED = "measure.computed"
    TIME_LOGGED = "time.logged"
    TIME_ESTIMATED = "time.estimated"
    STATEMENT_SIGNED = "statement.signed"
    APPROVAL_GRANTED = "approval.granted"
    POLICY_CHANGED = "policy.changed"
    FLAG_RAISED = "flag.raised"
    FLAG_ANSWERED = "flag.answered"
    NOTICE_GIVEN = "notice.given"
    NOTICE_ACKNOWLEDGED = "notice.acknowledged"
    CREDIT_OVERRIDDEN = "credit.overridden"
    CORRECTION = "correction"
    CHECKPOINT_PUBLISHED = "checkpoint.published"
    REPORT_EXPORTED = "report.exported"


class ActorKind(StrEnum):
    """Who, or what, did it."""

    HUMAN = "human"
    MACHINE = "machine"
    ORGANISATION = "organisation"
    SCRIPT = "script"


class Role(StrEnum):
    """What the actor did it as; a title is never lowered because a machine drafted."""

    LAYOUT_ARTIST = "layout_artist"
    LAYOUT_CORRECTOR = "layout_corrector"
    """作監修正."""
    GENZU_CLEANER = "genzu_cleaner"
    ANIMATION_DIRECTOR = "animation_director"
    BACKGROUND_ARTIST = "background_artist"
    ART_DIRECTOR = "art_director"
    DIRECTOR = "director"
    COORDINATOR = "coordinator"
    PRODUCER = "producer"
    RENDERER = "renderer"
    """A machine that paints drafts."""
    PIPELINE = "pipeline"
    """A script that moves things, such as haikei itself."""


class Relation(StrEnum):
    """How a picture comes from another (C2PA's words)."""

    PARENT_OF = "parentOf"
    """The older picture was painted on."""
    INPUT_TO = "inputTo"
    """The older picture was given to a model."""
    COMPONENT_OF = "componentOf"
    """The older picture is a part of the newer."""


class SourceType(StrEnum):
    """IPTC digital source types that can apply to a background."""

    DIGITAL_CREATION = "digitalCreation"
    DIGITAL_CAPTURE = "digitalCapture"
    """Scanned or photographed paper."""
    HUMAN_EDITS = "humanEdits"
    TRAINED_ALGORITHMIC = "trainedAlgorithmicMedia"
    COMPOSITE_WITH_TRAINED_ALGORITHMIC = "compositeWithTrainedAlgorithmicMedia"


class Verdict(StrEnum):
    """What was decided."""

    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    CHOSEN = "chosen"
    REJECTED = "rejected"
    USED = "used"
    PARTLY_USED = "partly_used"
    NOT_USED = "not_used"
    FROM_SCRATCH = "from_scratch"
    LAYOUT_ONLY = "layout_only"
    """Painted from the layout; no draft was there, or none was looked at."""
    RETAKE = "retake"
    """Asked for again, of the artist."""
    CREDITED = "credited"
    """Listed in the credits by hand."""
    UNCREDITED = "uncredited"
    """Taken out of the credits by hand."""


class TimeSource(StrEnum):
    """Where hours come from; never from watching anybody."""

    TRACKER = "tracker"
    SELF = "self"
    IMPORT = "import"


class Claim(StrEnum):
    """What a person may state about their own work."""

    PAINTED_BY_HAND = "painted_by_hand"
    DRAFT_NOT_USED = "draft_not_used"
    AI_TOOL_USED = "ai_tool_used"
    TRACED = "traced"
    GRADED_ONLY = "graded_only"
    TOOL_USED = "tool_used"


class LayerState(StrEnum):
    """What became of a layer between hand-out and return."""

    SHIPPED = "shipped"
    NEW = "new"
    CHANGED = "changed"
