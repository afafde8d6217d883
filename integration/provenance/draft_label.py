"""What a draft's file says of itself: IPTC's fields, whether or not credentials are signed over them."""

from collections.abc import Mapping
from dataclasses import dataclass

from integration.provenance.source_types import COMPOSITE_WITH_AI
from integration.provenance.xmp import with_xmp


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """What a draft's file says of the model."""

    system: str
    """The model, as its Look names it."""
    version: str
    """Its revision."""
    parameters: Mapping[str, str]
    """Seed, digests and whatever else may be shown; no prompt unless the studio allows it."""
    prompt: str = ""
    """Written into IPTC's field when not empty: only when the studio allows prompts to be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A picture that another was made from."""

    data: bytes
    """The whole file, with its own credentials if it has some."""
    media_type: str
    title: str
    """What people call it, such as ``c012 genzu``."""


def labelled(png: bytes, facts: DraftFacts) -> bytes:
    """The PNG with the AI fields of IPTC Photo Metadata 2025.1 in its XMP; every pixel as it was.

    Raises:
        ArtworkError: it is no PNG.
    """
    fields = {"DigitalSourceType": COMPOSITE_WITH_AI, "AISystemUsed": facts.system, "AISystemVersionUsed": facts.version}
    if facts.prompt:
        fields["AIPromptInformation"] = facts.prompt
    return with_xmp(png, fields)
