"""Reads Content Credentials (C2PA) from a file or the sidecar beside it: who signed what, and whether it still fits."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import c2pa

from integration.provenance.source_types import said_of_ai

_MARK = b"c2pa"
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the Content Credentials of one file say."""

    fits: bool
    """Whether the file is the one that was signed, unchanged."""
    trusted: bool
    """Whether the signer's certificate leads to one of the given roots."""
    signer: str
    """Organisation or name in the certificate; empty when it does not say."""
    tool: str
    """The program that made the claim, in its own words."""
    source_types: tuple[str, ...]
    """What actions and ingredients say of a model's part, in plain words; empty when nothing."""
    problems: tuple[str, ...]
    """Validation codes of C2PA that failed, such as ``assertion.dataHash.mismatch``."""


def read_credentials(data: bytes, media_type: str, *, sidecar: bytes | None = None, roots: str = "") -> Credentials | None:
    """The credentials in `data`, or in `sidecar` about it; None when there are none.

    Nothing is fetched: neither remote manifests nor revocation lists.

    Args:
        data: the whole file.
        media_type: its media type as C2PA names it, such as ``image/png``; ZIP-based files are ``zip``.
        sidecar: what lies beside it as ``.c2pa``.
        roots: PEM certificates that are trusted to name signers.
    """
    settings: dict[str, Any] = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True}}
    if roots:
        settings["trust"] = {"trust_anchors": roots}
    context = c2pa.Context(settings=c2pa.Settings.from_dict(settings))
    try:
        with c2pa.Reader(media_type, io.BytesIO(data), manifest_data=sidecar, context=context) as reader:
            return _credentials(json.loads(reader.detailed_json()), str(reader.get_validation_state()))
    except (c2pa.C2paError.ManifestNotFound, c2pa.C2paError.NotSupported):
        return None
    except c2pa.C2paError as error:
        return _unreadable(str(error)) if sidecar or _MARK in data else None
    except (ValueError, RecursionError, UnicodeError) as error:
        return _unreadable(str(error))


def _unreadable(words: str) -> Credentials:
    return Credentials(fits=False, trusted=False, signer="", tool="", source_types=(), problems=(words[:_LONGEST],))


def _credentials(store: Mapping[str, Any], state: str) -> Credentials:
    manifests = store.get("manifests", {})
    active = manifests.get(store.get("active_manifest"), {})
    claim = active.get("claim_v2") or active.get("claim") or {}
    return Credentials(
        fits=state in ("Valid", "Trusted"),
        trusted=state == "Trusted",
        signer=str((active.get("signature") or {}).get("issuer") or "")[:_LONGEST],
        tool=_tool(claim),
        source_types=tuple(dict.fromkeys(words for term in _source_types(manifests) if (words := said_of_ai(term)))),
        problems=tuple(_failures(store)),
    )


def _tool(claim: Mapping[str, Any]) -> str:
    info = claim.get("claim_generator_info")
    first = info[0] if isinstance(info, list) and info else info
    named = first.get("name") if isinstance(first, dict) else None
    return str(named or claim.get("claim_generator") or "")[:_LONGEST]


def _source_types(node: Any) -> Iterator[str]:
    """Every ``digitalSourceType`` anywhere in the manifests."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(each.values())
            if isinstance(term := each.get("digitalSourceType"), str):
                yield term
        elif isinstance(each, list):
            waiting.extend(each)


def _failures(store: Mapping[str, Any]) -> Iterator[str]:
    results = (store.get("validation_results") or {}).get("activeManifest") or {}
    for failure in results.get("failure") or []:
        code = str(failure.get("code", ""))[:_LONGEST]
        if code and code != "signingCredential.untrusted":
            yield code
