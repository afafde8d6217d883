"""What a render worker is told: one JSON object on standard input, so that no secret stands on a command line."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from integration.errors import SettingsError


class WorkerSettings(BaseModel):
    """One worker's settings; every key but `database_url` and `storage` may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    database_url: str = Field(min_length=1)
    """SQLAlchemy URL of the database with the queue."""
    storage: dict[str, Any]
    """What `integration.storage.opening.open_storage` takes: ``kind``, and ``folder`` or the bucket's values."""
    slot: str = "render-0"
    """Name of this worker's place, the same after a restart; a living process has it alone."""
    looks: tuple[Path, ...] = ()
    """Folders of Look files beside the built-in one."""
    warm: tuple[str, ...] = ("house",)
    """Looks whose models are loaded before the worker says it is ready."""
    models_kept: int = Field(2, ge=1, le=16)
    """Models kept in memory, the last used ones."""
    threads: int = Field(0, ge=0, le=256)
    """CPU threads of a model; 0 lets PyTorch choose."""
    batch_size: int = Field(0, ge=0, le=64)
    """Pictures painted at once, fewer where they do not fit; 0 is what suits the device: 8 on a GPU, 1 on a CPU."""
    requests_at_once: int = Field(0, ge=0, le=64)
    """Requests taken from the queue at a time; 0 is what fills two batches, or one on a CPU, so that several workers share the work."""
    compile: bool = False
    """Compile models on a GPU: minutes at the first picture of each size, faster after; for workers that live long."""
    hung_s: float = Field(600.0, ge=1, le=86400)
    """So long without a step of the model means that the device hangs, and the worker leaves to be started again."""
    drain: bool = False
    """Leave when the queue has been empty for `idle_exit_s`, as a job of a render farm does."""
    idle_exit_s: float = Field(3.0, ge=0, le=86400)
    """How long the queue must be empty."""
    finish_s: int = Field(60, ge=1, le=3600)
    """How long the picture in hand may take when the worker is told to stop."""
    parent_pid: int = Field(0, ge=0)
    """Stop when this process, which started the worker, is gone; 0 goes on alone."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least important line that is logged."""


def read_worker_settings(text: str) -> WorkerSettings:
    """The settings in the JSON object `text`.

    Raises:
        SettingsError: they are none; the message names each key that is wrong and never its value.
    """
    try:
        return WorkerSettings.model_validate_json(text)
    except ValidationError as error:
        lines = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'all'}: {e['msg']}" for e in error.errors(include_input=False, include_url=False)
        )
        raise SettingsError(f"the render worker's settings are wrong: {lines}", hint="`haikei worker` writes them.") from error
