"""A request as it comes out of the queue: it is checked, and what is wrong is said in words."""

from dataclasses import replace
from typing import Any

from integration.errors import RenderError
from render_service.contract import RenderRequest
from render_service.control import check_size
from render_service.warm_looks import WarmLooks

MOST_PICTURES = 32
"""Most pictures of one request."""
_OTHER_RELEASE = "Check that integration and worker are of one release."


def accept(data: Any, looks: WarmLooks) -> RenderRequest:
    """The request in `data`, with this machine's own Look in it.

    Raises:
        RenderError: it can never be rendered here.
    """
    request = read_request(data)
    check_size(request)
    return replace(request, look=looks.find(request.look.name, request.look.digest))


def read_request(data: Any) -> RenderRequest:
    """The request that `RenderRequest.as_json` wrote as `data`, its values being of the kinds they should be.

    Raises:
        RenderError: it is none.
    """
    try:
        request = RenderRequest.from_json(data)
        _require_kinds(request)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RenderError(f"this is no render request: {error}", hint=_OTHER_RELEASE) from error
    if not 1 <= len(request.seeds) <= MOST_PICTURES or len(set(request.seeds)) != len(request.seeds):
        raise RenderError(f"a request has 1 to {MOST_PICTURES} different seeds, not {len(request.seeds)}", hint="Ask for fewer drafts.")
    if not all(0 <= seed < 2**63 for seed in request.seeds):
        raise RenderError("a seed lies outside 0 to 2**63 - 1", hint=_OTHER_RELEASE)
    return request


def in_words(error: RenderError) -> str:
    """What the coordinator reads."""
    return f"{error}. {error.hint}".removesuffix(". ") if not str(error).endswith(".") else f"{error} {error.hint}".strip()


def _require_kinds(request: RenderRequest) -> None:
    """Raise TypeError when a value that came as JSON is not of its field's kind."""
    pictures = (request.line_sha256, request.mask_sha256 or "", request.rough_sha256 or "")
    words = dict(request.scene.house_words)
    texts = (request.key, request.look.name, request.look.digest, *pictures, *request.scene.fields().values(), *words, *words.values())
    numbers = (request.width_px, request.height_px, *request.seeds)
    if not all(isinstance(text, str) for text in texts) or not all(type(number) is int for number in numbers):
        raise TypeError("a value is of the wrong kind")
