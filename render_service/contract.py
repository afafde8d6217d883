"""The only words the integration and the render service share: what is asked, what is answered, and what a Look is.

Standard library only. Everything here travels through the queue as JSON, so every class turns itself into plain data and back.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

RENDER_QUEUE = "render"
"""The queue render workers listen to."""
RENDER_WORKFLOW = "render"
"""The name of the workflow a render worker registers; it takes `RenderRequest.as_json` and returns `RenderResult.as_json`."""
PROGRESS_EVENT = "progress"
"""The name under which that workflow tells `RenderProgress.as_json` while it paints."""
APPLICATION = "haikei"
"""The application name of every process that shares the queue."""
APPLICATION_VERSION = "1"
"""Changed only when the order of a workflow's steps changes incompatibly."""


DATA = ("undisclosed", "disclosed", "licensed", "own")
"""What can be known of training data, from least to most: nothing for certain; which data they are; that all of them are licensed, given for
it or in the public domain; that all of them are the publisher's or the studio's own."""
VENDOR_TRAINING = ("unstated", "allowed", "forbidden", "local")
"""What a vendor's terms say of training on our pictures; ``local``: the model runs on the studio's machines and the vendor is sent none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPart:
    """Weights that a Look adds to its model: a ControlNet, a T2I-Adapter, an IP-Adapter."""

    folder: str
    """Absolute folder of the weights."""
    revision: str
    """Their revision, as their publisher names it."""
    files: dict[str, str]
    """SHA-256 of every file, by path inside `folder`."""
    licence: str
    """Licence of the weights; never empty."""
    commercial: bool
    """Whether it allows commercial use."""
    training_data: str
    """What is known of the training data; never empty."""
    data: str = "undisclosed"
    """The same as one of `DATA`."""
    repository: str = ""
    """What its publisher calls it; empty when it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLora:
    """A LoRA that a Look merges into its model."""

    path: str
    """Absolute path of the safetensors file."""
    sha256: str
    """SHA-256 of the file."""
    weight: float
    """How much of it is added, -4 to 4."""
    licence: str
    """Licence of the weights; never empty."""
    commercial: bool
    """Whether it allows commercial use."""
    source: str
    """Where it came from: for a studio's own style the boards and the reference of their artists' consent; never empty."""
    data: str = "undisclosed"
    """What is known of its training data, as one of `DATA`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtBoard:
    """The art director's board of a location, pinned as reference of style and palette."""

    use: str
    """``init``: painting begins from its colours where no rough colour is there; ``reference``: an edit model is shown it beside the
    layout; ``ip-adapter``: its style is fed in beside the words."""
    path: str
    """Absolute path of the picture."""
    sha256: str
    """SHA-256 of the file."""
    source: str
    """Whose picture it is, and by what leave it is used; never empty."""
    weight: float = 0.6
    """Strength of an IP-Adapter, 0 to 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What paints and how, frozen: changing anything makes another digest."""

    name: str
    """Short name, as in settings and file name: ``house``."""
    title: str
    """What the studio calls it."""
    kind: str
    """One of `render_service.pipelines.KINDS`."""
    folder: str
    """Absolute folder of the model in diffusers' layout."""
    revision: str
    """The model's revision, as its publisher names it."""
    files: dict[str, str]
    """SHA-256 of every file of the model, by path inside `folder`."""
    licence: str
    """Licence of the model's weights; never empty."""
    commercial: bool
    """Whether the licences of the model and of all that is added to it allow commercial use."""
    training_data: str
    """What is known of the model's training data; never empty."""
    data: str = "undisclosed"
    """The same as one of `DATA`; see `data_known` for the whole Look."""
    vendor_training: str = "unstated"
    """Whether the vendor may train on our pictures, as one of `VENDOR_TRAINING`."""
    repository: str = ""
    """What the model's publisher calls it; empty when it has none."""
    control: LookPart | None = None
    """ControlNet or T2I-Adapter; None where the model's folder has it, or it needs none."""
    ip_adapter: LookPart | None = None
    """IP-Adapter for `board`: ``ip-adapter.safetensors`` and ``image_encoder/``."""
    loras: tuple[LookLora, ...] = ()
    """LoRAs, merged one after another."""
    board: ArtBoard | None = None
    """The location's art board; None: none is used."""
    num_inference_steps: int
    """Denoising steps, 1 or more."""
    guidance_scale: float
    """Classifier-free guidance, 1.0 is none."""
    controlnet_conditioning_scale: float = 1.0
    """Weight of the layout's lines where a ControlNet or adapter takes them."""
    control_guidance_start: float = 0.0
    """Share of the steps after which the lines begin to count, 0 to 1."""
    control_guidance_end: float = 1.0
    """Share of the steps after which they count no more, 0 to 1."""
    control_mode: int = 0
    """For a union ControlNet: the number of the kind of picture that our lines are."""
    strength: float = 0.6
    """How far painting goes away from the colours it begins with, more than 0 to 1; for ``controlnet-img2img``."""
    scheduler: str = ""
    """diffusers scheduler class to use instead of the model's own; empty keeps it."""
    scheduler_options: dict[str, str | int | float | bool] = field(default_factory=dict)
    """Options of `scheduler` that differ from the model's own."""
    dtype: str = ""
    """Number format on a GPU: ``float32``, ``float16``, ``bfloat16``; empty takes what the kind of model is usually run in."""
    prompt: str = "{season}, {time_of_day}, {weather}, {place}"
    """Template of the prompt over the words of `Scene`; for ``edit`` the instruction."""
    reads: tuple[str, ...] = ("en", "ja")
    """Languages its text encoder reads, as BCP 47 names them; the shot's words are translated by table into one of them."""
    negative_prompt: str = ""
    """What the picture must not show."""
    width_px: int = 384
    """Width a standard frame is rendered at."""
    height_px: int = 216
    """Height a standard frame is rendered at."""
    multiple_px: int = 8
    """Sides the model paints are multiples of this; what is too much is cut off."""
    buckets: tuple[tuple[int, int], ...] = ()
    """Width and height of the sizes the model is kept to: the smallest that holds a picture is painted and cut; none: its own size."""
    drafts: int = 0
    """How many drafts a genzu gets; 0: as many as the show says."""
    digest: str = ""
    """SHA-256 over everything above but folders, set by `render_service.looks`."""

    @property
    def added(self) -> tuple[LookPart | LookLora, ...]:
        """Every set of weights beside the model's own."""
        return (*(part for part in (self.control, self.ip_adapter) if part), *self.loras)

    @property
    def data_known(self) -> str:
        """The least that is known of the training data of the model and of all that is added to it, as one of `DATA`."""
        return min((self.data, *(part.data for part in self.added)), key=DATA.index)

    def meets(self, demanded: str) -> bool:
        """Whether all training data are known at least as well as `demanded`, one of `DATA`."""
        return DATA.index(self.data_known) >= DATA.index(demanded)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Look":
        """The Look that `dataclasses.asdict` wrote, JSON or not.

        Raises:
            TypeError, ValueError, KeyError: it is none.
        """
        parts = {name: LookPart(**data[name]) for name in ("control", "ip_adapter") if data.get(name)}
        return cls(
            **{
                **data,
                **parts,
                "loras": tuple(LookLora(**lora) for lora in data.get("loras", ())),
                "board": ArtBoard(**data["board"]) if data.get("board") else None,
                "reads": tuple(data.get("reads", ("en", "ja"))),
                "buckets": tuple((int(width), int(height)) for width, height in data.get("buckets", ())),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the shot's fields say about the place to paint; Japanese or English, empty when the tracker does not say."""

    place: str = ""
    season: str = ""
    time_of_day: str = ""
    weather: str = ""
    light: str = ""
    art_note: str = ""
    """What the art director wrote about this background."""
    house_words: dict[str, str] = field(default_factory=dict)
    """The show's own words for the prompt, by the term they stand for."""

    def fields(self) -> dict[str, str]:
        """The shot's words by the name a Look's template calls them."""
        return {name: value for name, value in asdict(self).items() if name != "house_words"}


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
        return cls(**{**data, "look": Look.from_json(data["look"]), "scene": Scene(**data["scene"]), "seeds": tuple(data["seeds"])})


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
    recipe_sha256: str = ""
    """The stored JSON of `recipe`, which outlives the queue."""
    started_ms: int = 0
    """UTC milliseconds at which the model began."""
    render_ms: int = 0
    """Milliseconds the model worked on this request: its share of each batch it was in."""

    def as_json(self) -> dict[str, Any]:
        """This result as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RenderResult":
        """The result that `as_json` wrote."""
        return cls(**{**data, "pictures": tuple(Picture(**p) for p in data["pictures"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderProgress:
    """How far a request is, as told about once a second while it is painted."""

    pictures_done: int
    """Pictures finished and stored, 0 to `pictures`."""
    pictures: int
    """Pictures asked for."""
    step: int
    """Steps of the model done of the pictures in hand; 0 while they wait."""
    steps: int
    """Steps in all, or 0 when not known."""
    preview: str = ""
    """How the first picture in hand looks so far: a JPEG about 256 pixels wide, in base64; empty when there is none."""

    def as_json(self) -> dict[str, Any]:
        """This progress as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RenderProgress":
        """The progress that `as_json` wrote."""
        return cls(**data)
