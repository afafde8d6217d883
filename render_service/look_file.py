"""The TOML file of a Look: what it may say, what it must say, and the Look it describes."""

import math
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from integration.errors import RenderError
from render_service.contract import ArtBoard, Look, LookLora, LookPart
from render_service.pipelines import KINDS

LARGEST_FILE_BYTES = 4_000_000
"""Longest Look file."""
_SUM_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)", re.ASCII)
_INTERNAL = "internal"
"""Licence of what a studio made for itself."""


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


Said = Annotated[str, AfterValidator(_said)]
"""Text that says something."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Data = Literal["undisclosed", "disclosed", "licensed", "own"]
Share = Annotated[float, Field(ge=0, le=1)]
Side = Annotated[int, Field(ge=16, le=8192)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class WeightsTable(_Table):
    """``[model]``, ``[control]`` and ``[ip_adapter]``: weights, pinned, and what is known of them."""

    folder: Said
    revision: Said
    files: dict[str, Sha256] = {}
    files_from: str = ""
    """A list of SHA-256 sums inside the folder, in place of `files`."""
    licence: Said
    commercial: bool
    training_data: Said
    data: Data = "undisclosed"
    repository: str = ""


class ModelTable(WeightsTable):
    """``[model]``."""

    vendor_training: Literal["unstated", "allowed", "forbidden", "local"] = "unstated"
    dtype: Literal["", "float32", "float16", "bfloat16"] = ""
    pipelines: list[str] = []
    """What the folder of this very model may call itself; `haikei look add` takes no other for it."""


class LoraTable(_Table):
    """``[[lora]]``."""

    path: Said
    sha256: Sha256
    weight: float = Field(ge=-4, le=4)
    licence: Said
    commercial: bool | None = None
    source: Said
    data: Data = "undisclosed"


class BoardTable(_Table):
    """``[art_board]``."""

    use: Literal["init", "reference", "ip-adapter"]
    path: Said
    sha256: Sha256
    source: Said
    weight: float = Field(0.6, ge=0, le=2)


class SamplerTable(_Table):
    """``[sampler]``."""

    num_inference_steps: int = Field(ge=1, le=1000)
    guidance_scale: float = Field(ge=0, le=50)
    controlnet_conditioning_scale: float = Field(1.0, ge=0, le=4)
    control_guidance_start: Share = 0.0
    control_guidance_end: Share = 1.0
    control_mode: int = Field(0, ge=0, le=31)
    strength: float = Field(0.6, gt=0, le=1)
    scheduler: str = ""
    scheduler_options: dict[str, str | int | float | bool] = {}


class SizeTable(_Table):
    """``[size]``."""

    width_px: Side
    height_px: Side
    multiple_px: int = Field(8, ge=8, le=128, multiple_of=8)
    buckets: list[Annotated[list[Side], Field(min_length=2, max_length=2)]] = []


class PromptTable(_Table):
    """``[prompt]``."""

    template: Said
    negative: str = ""
    reads: list[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]] = Field(["en", "ja"], min_length=1)


class LookTable(_Table):
    """The whole file."""

    name: Said
    title: Said
    kind: Literal["cascade", "controlnet", "controlnet-img2img", "adapter", "edit"]
    drafts: int = Field(0, ge=0, le=8)
    model: ModelTable
    control: WeightsTable | None = None
    ip_adapter: WeightsTable | None = None
    lora: list[LoraTable] = []
    art_board: BoardTable | None = None
    sampler: SamplerTable
    size: SizeTable
    prompt: PromptTable


def parse_look(file: Path) -> Look:
    """The Look in `file`, without its digest; relative paths are looked for beside the file.

    Raises:
        RenderError: the file cannot be read, leaves out what a Look must say, or says what no Look may say.
    """
    table = _validated(file, read_toml(file))
    _check_agreement(file, table)
    sampler = table.sampler.model_dump()
    size = table.size
    return Look(
        name=table.name,
        title=table.title,
        kind=table.kind,
        **_weights(file, "model", table.model),
        vendor_training=table.model.vendor_training,
        dtype=table.model.dtype,
        control=_part(file, "control", table.control),
        ip_adapter=_part(file, "ip_adapter", table.ip_adapter),
        loras=tuple(_lora(file, lora) for lora in table.lora),
        board=_board(file, table.art_board),
        **sampler,
        prompt=table.prompt.template,
        negative_prompt=table.prompt.negative,
        reads=tuple(table.prompt.reads),
        width_px=size.width_px,
        height_px=size.height_px,
        multiple_px=size.multiple_px,
        buckets=tuple((width, height) for width, height in sorted(size.buckets, key=math.prod)),
        drafts=table.drafts,
    )


def read_toml(file: Path) -> dict[str, Any]:
    """What the TOML file says.

    Raises:
        RenderError: it cannot be read, or is none.
    """
    try:
        if file.stat().st_size > LARGEST_FILE_BYTES:
            raise refused(file, f"has more than {LARGEST_FILE_BYTES // 1_000_000} MB", "This is no Look file.")
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise refused(file, f"cannot be read: {error.strerror}", "Check who may read it.") from error
    except (ValueError, RecursionError) as error:
        raise refused(file, f"is not valid TOML: {error}", "Correct the line it names.") from error


def refused(file: Path, reason: str, hint: str) -> RenderError:
    """Why a Look file may not be used."""
    return RenderError(f"the Look file {file} {reason}", hint=hint)


def _validated(file: Path, data: dict[str, Any]) -> LookTable:
    try:
        return LookTable.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
    unknown = [_place(each["loc"]) for each in found if each["type"] == "extra_forbidden"]
    if unknown:
        raise refused(file, f"has unknown keys: {', '.join(sorted(unknown))}", "Correct or remove them.")
    silent = [_place(each["loc"]) for each in found if each["type"] == "missing"]
    if silent:
        raise refused(
            file,
            f"does not say: {', '.join(silent)}",
            "A Look says of all its weights where they come from: revision, licence, commercial, training_data and file hashes.",
        )
    first = found[0]
    place, given = _place(first["loc"]), first["input"]
    if place == "kind":
        raise refused(file, f"is of the unknown kind {str(given)[:80]!r}", f"Kinds are: {', '.join(KINDS)}.")
    said = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    raise refused(
        file, f"says {str(given)[:80]!r} for {place}, which {said}", "Correct it; the house Look's file shows what belongs there."
    )


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(each) for each in location)[:200]


def _check_agreement(file: Path, table: LookTable) -> None:
    """Raise when parts of the file contradict each other."""
    if table.name != file.stem:
        raise refused(file, f"calls itself '{table.name}'", "A Look's file is called as the Look.")
    if table.kind in ("cascade", "edit") and table.control:
        raise refused(file, f"has [control], which a Look of the kind '{table.kind}' does not use", "Remove it, or correct the kind.")
    use = table.art_board.use if table.art_board else ""
    kinds = {"init": ("controlnet-img2img",), "reference": ("edit",), "ip-adapter": ("controlnet", "controlnet-img2img"), "": KINDS}[use]
    if table.kind not in kinds:
        raise refused(file, f"cannot use an art board as '{use}'", f"That is for the kinds: {', '.join(kinds)}.")
    if (use == "ip-adapter") != (table.ip_adapter is not None):
        raise refused(file, "has [ip_adapter] or an [art_board] for it, but not both", "One is of no use without the other.")
    if any(lora.commercial is None and lora.licence != _INTERNAL for lora in table.lora):
        raise refused(file, "does not say: lora.commercial", f"Only a licence that is '{_INTERNAL}' may leave it out.")
    sampler = table.sampler
    if sampler.control_guidance_start >= sampler.control_guidance_end:
        raise refused(file, "lets the lines count from a step that comes after the last", "Correct control_guidance_start and _end.")


def _weights(file: Path, name: str, table: WeightsTable) -> dict[str, Any]:
    folder = (file.parent / table.folder).resolve()
    facts = table.model_dump(include={"revision", "licence", "commercial", "training_data", "data", "repository"})
    return {**facts, "folder": str(folder), "files": _files(file, name, table, folder)}


def _part(file: Path, name: str, table: WeightsTable | None) -> LookPart | None:
    return LookPart(**_weights(file, name, table)) if table else None


def _lora(file: Path, table: LoraTable) -> LookLora:
    commercial = True if table.commercial is None else table.commercial
    return LookLora(**{**table.model_dump(), "path": str((file.parent / table.path).resolve()), "commercial": commercial})


def _board(file: Path, table: BoardTable | None) -> ArtBoard | None:
    return ArtBoard(**{**table.model_dump(), "path": str((file.parent / table.path).resolve())}) if table else None


def _files(file: Path, name: str, table: WeightsTable, folder: Path) -> dict[str, str]:
    """SHA-256 of the files by path inside the folder, from ``files``, or the list that ``files_from`` names in the folder."""
    if table.files:
        return dict(sorted(table.files.items()))
    if not table.files_from:
        raise refused(file, f"does not say: {name}.files", "`haikei look add` writes the hash of every file.")
    listed = folder / table.files_from
    try:
        lines = listed.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise refused(file, f"names {listed}, which cannot be read", "Check that the model is where its folder says.") from error
    matches = [_SUM_LINE.fullmatch(line) for line in lines if line.strip()]
    files = {match[2].removeprefix("./"): match[1] for match in matches if match}
    if not files or None in matches:
        raise refused(file, f"names {listed}, which is no list of SHA-256 sums", "Make it with sha256sum.")
    return dict(sorted(files.items()))
