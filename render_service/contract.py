"""The only words the integration and the render service share: what is asked, what is answered, and what a Look is.

Standard library only. Everything here travels through the queue as JSON, so every class turns itself into plain data and back.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

RENDER_QUEUE = "render"
"""The queue render workers listen to."""
RENDER_WORKFLOW = "render"
"""The name of the workflow a render worker registers; it takes `RenderRequest.as_json` and returns `RenderResult.as_json`."""
APPLICATION = "haikei"
"""The application name of every process that shares the queue."""
APPLICATION_VERSION = "1"
"""Changed only when the order of a workflow's steps changes incompatibly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What paints and how, frozen: changing anything makes another digest."""

    name: str
    """Short name, as in settings and file name: ``house``."""
    title: str
    """What the studio calls it."""
    kind: str
    """``cascade`` (the house model) or ``controlnet`` (a stock diffusers ControlNet pipeline)."""
    folder: str
    """Absolute folder of the model in diffusers' layout."""
    revision: str
    """The model's revision, as its publisher names it."""
    files: dict[str, str]
    """SHA-256 of every file of the model, by path inside `folder`."""
    licence: str
    """Licence of the weights; never empty."""
    commercial: bool
    """Whether the licence allows commercial use."""
    training_data: str
    """What is known of the training data; never empty."""
    num_inference_steps: int
    """Denoising steps, 1 or more."""
    guidance_scale: float
    """Classifier-free guidance, 1.0 is none."""
    controlnet_conditioning_scale: float = 1.0
    """Weight of the layout's lines for ``controlnet`` Looks."""
    scheduler: str = ""
    """diffusers scheduler class to use instead of the model's own; empty keeps it."""
    prompt: str = "{season}, {time_of_day}, {weather}, {place}"
    """Template of the prompt over the words of `Scene`."""
    negative_prompt: str = ""
    """What the picture must not show."""
    width_px: int = 384
    """Width a standard frame is rendered at."""
    height_px: int = 216
    """Height a standard frame is rendered at."""
    digest: str = ""
    """SHA-256 over everything above but `folder`, set by `render_service.looks`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the shot's fields say about the place to paint; Japanese or English, empty when the tracker does not say."""

    place: str = ""
    season: str = ""
    time_of_day: str = ""
    weather: str = ""
    light: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """Paint one registered genzu, once for each seed."""

    key: str
    """Unique name of this request; the same key is rendered once."""
    look: Look
    """What paints."""
    scene: Scene
    """The words the prompt is made from."""
    line_sha256: str
    """Stored PNG of the registered lines: 8-bit grey, dark lines on white, the frame and nothing else."""
    mask_sha256: str | None = None
    """Stored PNG of the cel areas: 8-bit grey, 255 where characters will stand."""
    rough_sha256: str | None = None
    """Stored PNG of the rough colour, 8-bit sRGB, or None."""
    width_px: int
    """Width of the pictures."""
    height_px: int
    """Height of the pictures."""
    seeds: tuple[int, ...]
    """One picture for each, 0 to 2**63 - 1."""

    def as_json(self) -> dict[str, Any]:
        """This request as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RenderRequest":
        """The request that `as_json` wrote."""
        return cls(**{**data, "look": Look(**data["look"]), "scene": Scene(**data["scene"]), "seeds": tuple(data["seeds"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One rendered draft."""

    seed: int
    """The seed it was made from."""
    sha256: str
    """Stored PNG, 8-bit sRGB."""
    size_bytes: int
    """Length of the PNG."""
    pixel_sha256: str
    """SHA-256 of the decoded H×W×3 uint8 sRGB pixels, top row first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderResult:
    """What came of a request."""

    key: str
    """The request's key."""
    pictures: tuple[Picture, ...] = ()
    """In the order of the request's seeds; empty when refused."""
    refusal: str = ""
    """Why this request can never be rendered; empty when it was."""
    recipe: dict[str, Any] = field(default_factory=dict)
    """What made the pictures, enough to make them again: see `render_service.recipe`."""
    started_ms: int = 0
    """UTC milliseconds at which the model began."""
    render_ms: int = 0
    """Milliseconds the model worked on this request."""

    def as_json(self) -> dict[str, Any]:
        """This result as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RenderResult":
        """The result that `as_json` wrote."""
        return cls(**{**data, "pictures": tuple(Picture(**p) for p in data["pictures"])})
