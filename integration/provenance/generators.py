"""Texts that image generators leave in their pictures, told by key and form.

Each form was read from what the programs document or write themselves: AUTOMATIC1111 and its forks ("parameters"), ComfyUI ("prompt",
"workflow"), InvokeAI ("invokeai_metadata", older "sd-metadata" and "Dream"), NovelAI ("Comment" with its "Source"), Fooocus
("fooocus_scheme"), SwarmUI ("sui_image_params"), Easy Diffusion ("use_stable_diffusion_model"), Draw Things, Midjourney ("Job ID").
"""

import re
from collections.abc import Callable, Mapping

Texts = Mapping[str, str]
"""Texts of a file by key, as its format names them."""

HIDDEN = "alpha channel"
"""Key under which text hidden in a picture's alpha channel is given."""

_A1111 = re.compile(r"\bSteps: ?\d+, ?(?:.{0,2000}?, ?)?Sampler: ", re.DOTALL)
_COMFY = re.compile(r'"class_type"\s*:\s*"')
_COMFY_GRAPH = re.compile(r'"(?:last_node_id|nodes)"\s*:')
_MIDJOURNEY = re.compile(r"\bJob ID: ?[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE)
_NAMES = re.compile(
    r"\b(Stable ?Diffusion|ComfyUI|InvokeAI|Midjourney|NovelAI|DALL[·\-. ]?E|Adobe Firefly|Draw Things|Fooocus|SwarmUI|Leonardo\.?AI"
    r"|Ideogram|Imagen \d|Made with Google AI|Nano Banana|GPT-4o|ChatGPT|gpt-image|Bing Image Creator|FLUX\.\d|Recraft|Seedream"
    r"|niji・?journey|PixAI|Holara|SeaArt|Tensor\.?Art|Civitai|にじジャーニー)",
    re.IGNORECASE,
)
_NAMING_KEYS = re.compile(
    r"software|creatortool|credit|source|title|generator|make|model|artist|author|history|comment|description|aisystem", re.IGNORECASE
)


def _key(name: str) -> Callable[[Texts], str | None]:
    return lambda texts: next((key for key in texts if key.lower() == name), None)


def _text(form: re.Pattern[str]) -> Callable[[Texts], str | None]:
    return lambda texts: next((key for key, text in texts.items() if form.search(text)), None)


def _keyed(name: str, form: re.Pattern[str]) -> Callable[[Texts], str | None]:
    return lambda texts: next((key for key, text in texts.items() if key.lower() == name and form.search(text)), None)


_TRACES: tuple[tuple[str, Callable[[Texts], str | None]], ...] = (
    ("Fooocus", _key("fooocus_scheme")),
    ("SwarmUI", _text(re.compile(r'"sui_image_params"\s*:'))),
    ("ComfyUI", _text(_COMFY)),
    ("ComfyUI", _keyed("workflow", _COMFY_GRAPH)),
    ("InvokeAI", _key("invokeai_metadata")),
    ("InvokeAI", _key("invokeai_graph")),
    ("InvokeAI", _key("sd-metadata")),
    ("InvokeAI", _key("dream")),
    ("Easy Diffusion", _key("use_stable_diffusion_model")),
    ("Stable Diffusion (AUTOMATIC1111 form)", _text(_A1111)),
    ("Midjourney", _text(_MIDJOURNEY)),
    ("Stable Diffusion (hidden text)", _key(HIDDEN)),
    ("Krita AI Diffusion", _text(re.compile(r"\bai_diffusion/"))),
)


def traces_of(texts: Texts) -> list[tuple[str, str]]:
    """Generators whose traces stand in `texts`: name and the key it was found under, each generator once."""
    found: dict[str, str] = {}
    for tool, key_of in _TRACES:
        if (key := key_of(texts)) is not None:
            found.setdefault(tool, key)
    if not found:
        for key, text in texts.items():
            named = _NAMES.search(text[:2000]) if _NAMING_KEYS.search(key) else None
            if named:
                found.setdefault(named[0], key)
    return list(found.items())
