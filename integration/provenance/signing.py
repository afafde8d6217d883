"""Signs pictures with Content Credentials (C2PA): the layout as what went in, the draft as what a revision was painted over."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import c2pa

from integration.errors import ArtworkError
from integration.provenance.certificate import Certificate
from integration.provenance.source_types import COMPOSITE_WITH_AI, DIGITAL_CREATION, HUMAN_EDITS
from integration.provenance.xmp import with_xmp

EMBEDDED = {"image/png": "image/png", "image/jpeg": "image/jpeg", "image/tiff": "image/tiff", "image/openraster": "zip"}
"""Media types that carry their credentials inside, and the format C2PA knows them by."""
SIDECAR = "image/vnd.adobe.photoshop"
"""A media type whose credentials lie beside it, as ``.c2pa``."""
_WITH_XMP = ("image/png", "image/jpeg")
_PARAMETERS = "org.haikei."
_SETTINGS = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A picture that another was made from."""

    data: bytes
    """The whole file, with its own credentials if it has some."""
    media_type: str
    title: str
    """What people call it, such as ``c012 genzu``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """What a draft's credentials say of the model."""

    system: str
    """The model, as its Look names it."""
    version: str
    """Its revision."""
    parameters: Mapping[str, str]
    """Seed, digests and whatever else may be shown; no prompt unless the studio allows it."""
    prompt: str = ""
    """Written into IPTC's field when not empty: only when the studio allows prompts to be shown."""


class Signer:
    """Signs with one certificate; for any thread."""

    def __init__(self, certificate: Certificate, *, timestamp_url: str = "") -> None:
        """Nothing is asked of anyone yet.

        Args:
            certificate: whose name stands under what is signed.
            timestamp_url: an RFC 3161 authority to ask at every signing; signing fails when it does not answer.
        """
        self._context = c2pa.Context(settings=c2pa.Settings.from_dict(_SETTINGS))
        self._signer = _signer(certificate, timestamp_url)

    def sign_draft(self, png: bytes, *, title: str, genzu: Source, facts: DraftFacts) -> bytes:
        """The draft's PNG with IPTC fields and credentials: painted by a model from a person's layout.

        Raises:
            ArtworkError: it cannot be signed.
        """
        fields = {"DigitalSourceType": COMPOSITE_WITH_AI, "AISystemUsed": facts.system, "AISystemVersionUsed": facts.version}
        if facts.prompt:
            fields["AIPromptInformation"] = facts.prompt
        parameters = {f"{_PARAMETERS}{name}": value for name, value in facts.parameters.items()}
        action = {
            "action": "c2pa.created",
            "digitalSourceType": COMPOSITE_WITH_AI,
            "softwareAgent": {"name": facts.system, "version": facts.version},
            "parameters": {**parameters, "ingredientIds": ["genzu"]},
        }
        inputs = [_ingredient(genzu, relation="inputTo", label="genzu")]
        return self._sign(with_xmp(png, fields), "image/png", _manifest(title, "image/png", [action]), inputs)

    def sign_layout(self, data: bytes, media_type: str, *, title: str) -> bytes:
        """A layout with credentials that say a person made it with digital tools; only for one who says so.

        Raises:
            ArtworkError: it cannot be signed.
        """
        action = {"action": "c2pa.created", "digitalSourceType": DIGITAL_CREATION}
        return self._sign(data, media_type, _manifest(title, media_type, [action]), [])

    def sign_revision(self, data: bytes, media_type: str, *, title: str, draft: Source, stated_by_hand: bool) -> bytes:
        """A revision with credentials: opened from the draft, then edited; for a PSD the sidecar's bytes.

        Args:
            data: the file handed in.
            media_type: one of `EMBEDDED`, or `SIDECAR`.
            title: what people call it.
            draft: what it was painted over.
            stated_by_hand: whether a person stated that they painted it by hand; without that nothing is said of how.

        Raises:
            ArtworkError: it cannot be signed.
        """
        edit = {"action": "c2pa.edited", **({"digitalSourceType": HUMAN_EDITS} if stated_by_hand else {})}
        opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["draft"]}}
        if media_type in _WITH_XMP:
            data = with_xmp(data, {"DigitalSourceType": COMPOSITE_WITH_AI})
        return self._sign(
            data, media_type, _manifest(title, media_type, [opened, edit]), [_ingredient(draft, relation="parentOf", label="draft")]
        )

    def _sign(self, data: bytes, media_type: str, manifest: dict[str, Any], inputs: Sequence[tuple[dict[str, str], Source]]) -> bytes:
        aside = media_type == SIDECAR
        if not aside and media_type not in EMBEDDED:
            raise ArtworkError(f"a file of type {media_type} cannot carry credentials", hint="Use PNG, JPEG, TIFF, ORA or PSD.")
        out = io.BytesIO()
        try:
            with c2pa.Builder(manifest, self._context) as builder:
                if aside:
                    builder.set_no_embed()
                for said, source in inputs:
                    builder.add_ingredient(json.dumps(said), EMBEDDED.get(source.media_type, source.media_type), io.BytesIO(source.data))
                sidecar = builder.sign(self._signer, "application/octet-stream" if aside else EMBEDDED[media_type], io.BytesIO(data), out)
        except c2pa.C2paError as error:
            raise ArtworkError(f"'{manifest['title']}' could not be signed: {error}", hint="See the certificate in settings.") from error
        return bytes(sidecar) if aside else out.getvalue()


def _signer(certificate: Certificate, timestamp_url: str) -> Any:
    if (call := certificate.signing_call()) is not None:
        return c2pa.Signer.from_callback(call, c2pa.C2paSigningAlg.ES256, certificate.chain, timestamp_url or None)
    return c2pa.Signer.from_info(
        c2pa.C2paSignerInfo(
            alg=b"es256",
            sign_cert=certificate.chain.encode(),
            private_key=certificate.key.encode(),
            ta_url=timestamp_url.encode() or None,
        )
    )


def _manifest(title: str, media_type: str, actions: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "claim_generator_info": [{"name": "haikei"}],
        "title": title,
        "format": EMBEDDED.get(media_type, media_type),
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": actions}, "created": True}],
    }


def _ingredient(source: Source, *, relation: str, label: str) -> tuple[dict[str, str], Source]:
    return {"title": source.title, "relationship": relation, "label": label}, source
