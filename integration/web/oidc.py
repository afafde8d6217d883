"""Sign-in by OpenID Connect: authorization code flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636)."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from integration.errors import HaikeiError, SettingsError
from integration.web_settings import OidcSettings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519")
"""Signatures that an ID token may have: none that the client's secret could make."""
_WAIT_S = 10.0
_FRESH_S = 3600.0
_LEEWAY_S = 60
_MOST_GROUPS = 1000


class SignInError(HaikeiError):
    """Somebody could not be signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What must come back unchanged from the provider; it goes into a sealed cookie of the browser that began."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom the provider says it is."""

    subject: str
    name: str
    email: str
    """Empty unless it belongs to them, as the provider or the settings say."""
    groups: tuple[str, ...]


class Provider:
    """The studio's identity provider. May be used by many threads."""

    def __init__(self, settings: OidcSettings, *, redirect_uri: str) -> None:
        """Nothing is asked yet; `redirect_uri` is ours, as the provider knows it."""
        self._settings, self._redirect_uri = settings, redirect_uri
        self._found: tuple[float, dict[str, Any], KeySet] | None = None
        self._finding = threading.Lock()

    def begin(self) -> tuple[str, Begun]:
        """The provider's address to send somebody to, and what to keep meanwhile.

        Raises:
            SignInError: the provider does not answer as one.
        """
        begun = Begun(state=generate_token(43), nonce=generate_token(43), verifier=generate_token(64))
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self._configuration()["authorization_endpoint"], state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
            )
        return address, begun

    def finish(self, answer: Mapping[str, str], begun: Begun) -> Account:
        """Whom the provider's answer names.

        Args:
            answer: the query with which the browser came back: ``state`` and ``code``, or ``error``.
            begun: what was kept.

        Raises:
            SignInError: it answers another question, or refuses, or its token is not right.
        """
        if answer.get("state") != begun.state:
            raise SignInError("this answer belongs to another sign-in", hint="Begin again from the first page.")
        if "error" in answer or not answer.get("code"):
            raise SignInError("the provider did not let you in", hint="Begin again, or ask whoever keeps the studio's accounts.")
        configuration = self._configuration()
        try:
            with self._client() as client:
                token = client.fetch_token(
                    configuration["token_endpoint"], code=answer["code"], code_verifier=begun.verifier, timeout=_WAIT_S
                )
        except (OAuthError, requests.RequestException, ValueError) as error:
            raise SignInError("the provider refused its own answer", hint="Begin again; codes work once and for a short time.") from error
        return self._account(self._claims(str(token.get("id_token", "")), begun))

    def _client(self) -> OAuth2Session:
        return OAuth2Session(
            self._settings.client_id,
            self._settings.secret() or None,
            scope=" ".join(self._settings.scopes),
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
        )

    def _claims(self, id_token: str, begun: Begun) -> dict[str, Any]:
        try:
            claims = self._decoded(id_token)
            jwt.JWTClaimsRegistry(
                leeway=_LEEWAY_S,
                iss={"essential": True, "value": self._configuration()["issuer"]},
                aud={"essential": True, "value": self._settings.client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": begun.nonce},
            ).validate(claims)
        except (JoseError, ValueError) as error:
            raise SignInError(
                "the provider's token is not right", hint="Begin again; if it stays so, compare [web.oidc] with the provider."
            ) from error
        azp = claims.get("azp", self._settings.client_id)
        if azp != self._settings.client_id:
            raise SignInError("the provider's token is for another program", hint="Compare web.oidc.client_id with the provider.")
        return claims

    def _decoded(self, id_token: str) -> dict[str, Any]:
        """The token's claims; its keys are asked for anew once, where they were changed."""
        try:
            return dict(jwt.decode(id_token, self._keys(), algorithms=list(ALGORITHMS)).claims)
        except (JoseError, ValueError):
            self._found = None
            return dict(jwt.decode(id_token, self._keys(), algorithms=list(ALGORITHMS)).claims)

    def _account(self, claims: Mapping[str, Any]) -> Account:
        email = str(claims.get("email") or "")
        groups = claims.get(self._settings.groups_claim) or ()
        theirs = claims.get("email_verified") is True or self._settings.trust_email
        return Account(
            subject=str(claims["sub"]),
            name=str(claims.get("name") or claims.get("preferred_username") or email),
            email=email if theirs else "",
            groups=tuple(map(str, groups[:_MOST_GROUPS])) if isinstance(groups, list) else (),
        )

    def _configuration(self) -> dict[str, Any]:
        return self._known()[1]

    def _keys(self) -> KeySet:
        return self._known()[2]

    def _known(self) -> tuple[float, dict[str, Any], KeySet]:
        with self._finding:
            if self._found is None or time.monotonic() - self._found[0] > _FRESH_S:
                self._found = self._discovered()
            return self._found

    def _discovered(self) -> tuple[float, dict[str, Any], KeySet]:
        """The provider's configuration (OpenID Connect Discovery 1.0, section 4) and keys."""
        issuer = self._settings.issuer
        told = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != issuer:
            raise SignInError(
                f"the provider at {issuer} calls itself something else",
                hint="Write web.oidc.issuer as the provider does, to the last slash.",
            )
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _require_safe(str(told.get(name, "")), name)
        try:
            return time.monotonic(), told, KeySet.import_key_set(_fetched(told["jwks_uri"]))  # type: ignore[arg-type]
        except (JoseError, KeyError, ValueError) as error:
            raise SignInError(f"the keys of the provider at {issuer} cannot be read", hint="Ask whoever keeps it.") from error


def _fetched(address: str) -> dict[str, Any]:
    _require_safe(address, "issuer")
    try:
        answer = requests.get(address, timeout=_WAIT_S, allow_redirects=False)
        answer.raise_for_status()
        told = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise SignInError(
            f"the identity provider at {urlsplit(address).netloc} does not answer", hint="Try again; if it stays so, tell the pipeline TD."
        ) from error
    if not isinstance(told, dict):
        raise SignInError(f"{urlsplit(address).netloc} is no identity provider", hint="Compare web.oidc.issuer with the provider.")
    return told


def _require_safe(address: str, name: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and (parts.scheme, parts.hostname) not in {("http", "127.0.0.1"), ("http", "localhost"), ("http", "::1")}:
        raise SettingsError(
            f"the identity provider's {name} is not https: {address[:100]}", hint="Only a provider on this machine may do without."
        )
