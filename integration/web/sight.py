"""What somebody may see of the record."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one visitor may see."""

    shows: frozenset[str] | None = frozenset()
    """Names of shows as the record writes them; None: all."""
    others: bool = False
    """Whether they may ask for one person's cuts, as whoever hands out work must."""
    own: frozenset[str] = frozenset()
    """Their own references in the record."""

    def sees(self, show: str) -> bool:
        """Whether they may see this show."""
        return self.shows is None or show in self.shows
