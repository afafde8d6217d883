"""What the training process is told: one JSON object on standard input."""

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from integration.errors import RenderError


class StyleOrder(BaseModel):
    """One style to train."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    boards: Path
    """Folder of pictures."""
    consent: Path
    """The list of consents, see `render_service.style.consent`."""
    look: str
    """Name of the Look whose networks learn."""
    looks: tuple[Path, ...] = ()
    """Folders of Look files beside the built-in one."""
    out: Path
    """Folder of the adapter, its statement and the checkpoint; its name is the style's."""
    steps: int = Field(800, ge=1, le=100_000)
    """Training steps in all, over every resumption."""
    rank: int = Field(8, ge=1, le=128)
    """Rank of the adapter: how much it can hold, and its size."""
    seed: int = Field(0, ge=0, lt=2**31)
    """Decides the order of pictures and all noise."""
    threads: int = Field(0, ge=0, le=256)
    """CPU threads; 0 lets PyTorch choose."""
    dry_run: bool = False
    """Review the boards and train nothing."""
    today: date
    """The day on which consents must hold."""

    @property
    def style(self) -> str:
        """The style's name."""
        return self.out.name


def read_order(text: str) -> StyleOrder:
    """The order in the JSON object `text`.

    Raises:
        RenderError: it is none; the message names each key that is wrong.
    """
    try:
        return StyleOrder.model_validate_json(text)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'all'}: {e['msg']}" for e in error.errors(include_url=False))
        raise RenderError(f"a style cannot be trained so: {wrong}", hint="`haikei style train --help` shows what can be said.") from error
