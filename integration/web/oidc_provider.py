"""What an identity provider says of itself: OpenID Connect Discovery 1.0, section 4, and its keys (RFC 7517)."""

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from integration.errors import HaikeiError
from integration.web_settings import is_safe_address

WAIT_S = 10.0
"""Longest wait for one answer."""
_MOST_BYTES = 1024 * 1024


class SignInError(HaikeiError):
    """Somebody could not be signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A provider as it described itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    keys: KeySet
    secret_sent_by: str
    """How it wants to be told a client's secret: ``client_secret_basic`` or ``client_secret_post``."""


def discovered(issuer: str) -> Known:
    """What the provider says of itself now.

    Raises:
        SignInError: it does not answer, not as a provider, or names addresses on which others could listen.
    """
    told = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != issuer:
        raise SignInError(
            f"the provider at {issuer} calls itself something else", hint="Write web.oidc.issuer as the provider does, to the last slash."
        )
    addresses = {name: str(told.get(name, "")) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    for name, address in addresses.items():
        if not is_safe_address(address):
            raise SignInError(f"the identity provider's {name} is not https", hint="Only a provider on this machine may do without.")
    try:
        keys = KeySet.import_key_set(_fetched(addresses["jwks_uri"]))  # type: ignore[arg-type]  # what it holds is checked there
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise SignInError(f"the keys of the provider at {issuer} cannot be read", hint="Ask whoever keeps it.") from error
    ways = told.get("token_endpoint_auth_methods_supported")
    by_post = isinstance(ways, list) and "client_secret_basic" not in ways and "client_secret_post" in ways
    return Known(
        issuer=issuer,
        authorization_endpoint=addresses["authorization_endpoint"],
        token_endpoint=addresses["token_endpoint"],
        keys=keys,
        secret_sent_by="client_secret_post" if by_post else "client_secret_basic",
    )


def _fetched(address: str) -> dict[str, Any]:
    try:
        told = json.loads(_bytes(address))
    except (requests.RequestException, ValueError) as error:
        raise SignInError(
            f"the identity provider at {urlsplit(address).netloc} does not answer as one",
            hint="Try again; if it stays so, tell the pipeline TD.",
        ) from error
    if not isinstance(told, dict):
        raise SignInError(f"{urlsplit(address).netloc} is no identity provider", hint="Compare web.oidc.issuer with the provider.")
    return told


def _bytes(address: str) -> bytes:
    """The body at an address; bounded, in time, and nowhere else."""
    until_s, body = time.monotonic() + WAIT_S, bytearray()
    with requests.get(address, timeout=WAIT_S, allow_redirects=False, stream=True) as answer:
        answer.raise_for_status()
        if answer.is_redirect:
            raise ValueError("it sends elsewhere")
        for chunk in answer.iter_content(65_536):
            body += chunk
            if len(body) > _MOST_BYTES or time.monotonic() > until_s:
                raise ValueError("it says too much, or too slowly")
    return bytes(body)
