"""Signs pictures with Content Credentials (C2PA): the layout as what went in, the draft as what a revision was painted over."""

import io
import json
from collections.abc import Sequence
from typing import Any

import c2pa
import structlog

from integration.errors import ArtworkError
from integration.provenance.certificate import Certificate
from integration.provenance.draft_label import DraftFacts, Source, labelled
from integration.provenance.source_types import COMPOSITE_WITH_AI, DIGITAL_CREATION, HUMAN_EDITS
from integration.provenance.xmp import with_xmp

log = structlog.get_logger(__name__)

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


class Signer:
    """Signs with one certificate; for any thread."""

    def __init__(self, certificate: Certificate, *, timestamp_url: str = "") -> None:
        """Nothing is asked of anyone yet.

        Args:
            certificate: whose name stands under what is signed.
            timestamp_url: an RFC 3161 authority to ask at every signing; where it gives no answer, the file is signed without its word.
        """
        self.certificate = certificate
        self._context = c2pa.Context(settings=c2pa.Settings.from_dict(_SETTINGS))
        self._signer = _signer(certificate, "")
        self._stamped = _signer(certificate, timestamp_url) if timestamp_url else None

    def sign_draft(self, png: bytes, *, title: str, genzu: Source, facts: DraftFacts) -> bytes:
        """The draft's PNG with IPTC fields and credentials: painted by a model from a person's layout.

        Raises:
            ArtworkError: it cannot be signed.
        """
        parameters = {f"{_PARAMETERS}{name}": value for name, value in facts.parameters.items()}
        action = {
            "action": "c2pa.created",
            "digitalSourceType": COMPOSITE_WITH_AI,
            "softwareAgent": {"name": facts.system, "version": facts.version},
            "parameters": {**parameters, "ingredientIds": ["genzu"]},
        }
        inputs = [_ingredient(genzu, relation="inputTo", label="genzu")]
        return self._sign(labelled(png, facts), "image/png", _manifest(title, "image/png", [action]), inputs)

    def sign_painting(self, data: bytes, media_type: str, *, title: str) -> bytes:
        """A picture a person painted over no draft, with digital tools; only for one who says so. For a PSD the sidecar's bytes.

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
        if media_type != SIDECAR and media_type not in EMBEDDED:
            raise ArtworkError(f"a file of type {media_type} cannot carry credentials", hint="Use PNG, JPEG, TIFF, ORA or PSD.")
        if self._stamped is not None:
            try:
                return self._built(self._stamped, data, media_type, manifest, inputs)
            except c2pa.C2paError as error:
                log.warning("signed without a timestamp", title=manifest["title"], error=str(error))
        try:
            return self._built(self._signer, data, media_type, manifest, inputs)
        except c2pa.C2paError as error:
            raise ArtworkError(
                f"'{manifest['title']}' could not be signed: {error}", hint="See the certificate under [credentials] in haikei.toml."
            ) from error

    def _built(
        self, signer: Any, data: bytes, media_type: str, manifest: dict[str, Any], inputs: Sequence[tuple[dict[str, str], Source]]
    ) -> bytes:
        aside, out = media_type == SIDECAR, io.BytesIO()
        with c2pa.Builder(manifest, self._context) as builder:
            if aside:
                builder.set_no_embed()
            for said, source in inputs:
                builder.add_ingredient(json.dumps(said), EMBEDDED.get(source.media_type, source.media_type), io.BytesIO(source.data))
            sidecar = builder.sign(signer, "application/octet-stream" if aside else EMBEDDED[media_type], io.BytesIO(data), out)
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
