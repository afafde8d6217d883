"""What an inspection found in a file, in words that accuse nobody."""

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """Why somebody should look."""

    GENERATOR = "generator"
    """Text that an image generator writes into its pictures."""
    SOURCE_TYPE = "source_type"
    """The file itself says, by IPTC or C2PA, that a trained model made it or parts of it."""
    BROKEN_MANIFEST = "broken_manifest"
    """Content Credentials that do not fit the file: it was changed after signing, or they belong to another."""
    STALE_SIDECAR = "stale_sidecar"
    """Credentials beside the file that do not fit it."""
    UNREADABLE = "unreadable"
    """The file, or a part of it, could not be looked through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found in one place."""

    kind: FindingKind
    what: str
    """One sentence: what stands in the file."""
    where: str = ""
    """The part of the file, such as ``PNG text 'parameters'`` or ``data/layer0.png``; empty for the whole."""
    tool: str = ""
    """The generator or signer it names, as far as the file says; empty when it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What one file says about itself; no findings prove nothing."""

    findings: tuple[Finding, ...] = ()
    """In the order they stand in the file; empty when nothing speaks of AI and nothing is broken."""
    facts: tuple[str, ...] = ()
    """What else the file says and what was not looked at, in words."""

    def __add__(self, other: "Inspection") -> "Inspection":
        """What both say, in order."""
        return Inspection(findings=self.findings + other.findings, facts=self.facts + other.facts)
