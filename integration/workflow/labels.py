"""Labels a draft before it leaves: IPTC's fields in every one, Content Credentials where the studio has a certificate."""

import hashlib
from typing import TYPE_CHECKING, Any

import structlog

from integration.errors import ArtworkError
from integration.provenance.draft_label import DraftFacts, Source, labelled
from integration.provenance.media_types import media_type_of
from integration.storage.protocol import MediaRef
from integration.studio import Studio
from integration.workflow.quality_gate import Painted
from integration.workflow.rounds import Round

if TYPE_CHECKING:
    from integration.provenance.signing import Signer

log = structlog.get_logger(__name__)

_INGREDIENTS = ("image/png", "image/jpeg", "image/tiff", "image/vnd.adobe.photoshop")
"""Genzu of other kinds are named by the lines that were taken from them."""


def label_draft(studio: Studio, draft: Round, painted: Painted, *, title: str) -> MediaRef:
    """Keep the picture with what it says of itself, and return the kept file.

    Raises:
        ArtworkError: it cannot be signed; the certificate's message says why.
        StorageError: a file cannot be had or kept.
    """
    png, facts = studio.storage.get(painted.picture.sha256), facts_of(studio, draft, painted)
    if studio.signer is None:
        data = labelled(png, facts)
    else:
        data = _signed(studio, studio.signer, draft, painted, png=png, title=title, facts=facts)
    return studio.storage.put(data, media_type="image/png")


def facts_of(studio: Studio, draft: Round, painted: Painted) -> DraftFacts:
    """What the file says of the model; the prompt's words only where settings show them, and no person's name."""
    request, result = painted.request, painted.result
    recipe: dict[str, Any] = result.recipe
    prompt = str(recipe.get("prompt", ""))
    parameters = {
        "seed": str(painted.picture.seed),
        "genzu_sha256": draft.genzu_sha256,
        "look_sha256": request.look.digest,
        "recipe_sha256": result.recipe_sha256,
        "prompt_sha256": hashlib.sha256(prompt.encode()).hexdigest(),
        "pixel_sha256": painted.picture.pixel_sha256,
    }
    return DraftFacts(
        system=request.look.name,
        version=request.look.revision,
        parameters={name: value for name, value in parameters.items() if value},
        prompt=prompt if studio.settings.credentials.show_prompt else "",
    )


def _signed(studio: Studio, signer: "Signer", draft: Round, painted: Painted, *, png: bytes, title: str, facts: DraftFacts) -> bytes:
    """The signed draft: with the genzu as its input, or its lines where the genzu cannot be one, as with a damaged label of its own."""
    genzu = studio.storage.get(draft.genzu_sha256)
    media_type = media_type_of(genzu)
    if media_type in _INGREDIENTS:
        source = Source(data=genzu, media_type=media_type, title=f"{draft.code} {draft.part} genzu")
        try:
            return signer.sign_draft(png, title=title, genzu=source, facts=facts)
        except ArtworkError as error:
            log.warning("genzu is no input for credentials", draft=draft.key, error=str(error))
    lines = studio.storage.get(painted.request.line_sha256)
    source = Source(data=lines, media_type="image/png", title=f"{draft.code} {draft.part} genzu, its lines")
    return signer.sign_draft(png, title=title, genzu=source, facts=facts)
