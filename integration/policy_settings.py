"""What a show's AI policy may say, in settings or in the tracker's field: the same keys in both."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from integration.errors import SettingsError

LONGEST_TEXT = 20_000
"""Characters a policy in the tracker may have."""
_LONGEST_FAULT = 200
Sha256 = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AiUse(_Part):
    """One permission to use AI, by a named person. Without one, nothing is rendered."""

    allowed_by: Name
    """Name of the person who allowed it."""
    scope: Literal["draft", "final"] = "draft"
    """What it is allowed for: drafts an artist paints over, or final deliverables, too."""
    steps: tuple[Name, ...] = ("Background",)
    """Steps it covers."""
    episodes: tuple[Name, ...] = ()
    """Episodes or sequences it covers; empty covers all."""
    vendors: tuple[Name, ...] = ()
    """People or groups, as the tracker calls them, to whom the work must be assigned; empty: to anybody."""
    until: date
    """Last day it holds, in the project's zone."""
    reference: Annotated[str, Field(max_length=500)] = ""
    """Where the approval is written down."""
    document: Path | None = None
    """The approval document; only its SHA-256 is kept. Not for a policy in the tracker."""
    document_sha256: Sha256 = ""
    """The same, where the document lies elsewhere."""


class AiModels(_Part):
    """What the policy demands of what paints."""

    data: Literal["any", "disclosed", "licensed"] = "any"
    """How well the training data of a Look must be known."""
    no_vendor_training: bool = False
    """Whether the vendor's terms must forbid training on our pictures, or no vendor be sent any."""


class PolicyText(_Part):
    """A policy as somebody wrote it in the tracker."""

    ai_use: tuple[AiUse, ...] = Field((), max_length=200)
    ai_models: AiModels = AiModels()


def read_policy(text: str) -> PolicyText:
    """The policy that a field of the tracker holds, TOML in the keys of settings; an empty text allows nothing.

    Raises:
        SettingsError: it is no such text; the message says what is wrong with it, in one line.
    """
    if len(text) > LONGEST_TEXT:
        raise SettingsError(f"it has {len(text)} characters, and at most {LONGEST_TEXT} may stand there")
    try:
        policy = PolicyText.model_validate(tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise SettingsError(_in_brief(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")) from None
    except RecursionError:
        raise SettingsError("it is nested too deeply") from None
    except ValueError as error:
        raise SettingsError(_in_brief(str(error))) from None
    if any(use.document for use in policy.ai_use):
        raise SettingsError("'document' names a file, which only the settings may: write document_sha256")
    return policy


def _in_brief(text: str) -> str:
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= _LONGEST_FAULT else f"{line[:_LONGEST_FAULT]}…"
