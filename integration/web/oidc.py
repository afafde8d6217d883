"""Sign-in by OpenID Connect: authorization code flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636)."""

import hashlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError

from integration.errors import HaikeiError
from integration.web.oidc_provider import WAIT_S, Known, SignInError, discovered
from integration.web_settings import OidcSettings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519")
"""Signatures that an ID token may have: none that the client's secret could make."""
_FRESH_S = 3600.0
_AGAIN_S = 10.0
"""How long a provider that did not answer is left alone."""
_LEEWAY_S = 60
_MOST_GROUPS = 1000
_LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What must come back unchanged from the provider; it goes into a sealed cookie of the browser that began."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom the provider says it is."""

    issuer: str
    subject: str
    """The provider's own name for them, unique with the issuer."""
    name: str
    email: str
    """Empty unless it belongs to them, as the provider or the settings say."""
    groups: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What stands for the account where it shall not be named."""
        return "account:" + hashlib.sha256(f"{self.issuer}\n{self.subject}".encode()).hexdigest()


class Provider:
    """The studio's identity provider. May be used by many threads."""

    def __init__(self, settings: OidcSettings, *, redirect_uri: str) -> None:
        """Nothing is asked yet; `redirect_uri` is ours, as the provider knows it."""
        self._settings, self._redirect_uri = settings, redirect_uri
        self._asked_s = -_FRESH_S
        self._told: Known | HaikeiError | None = None
        self._asking = threading.Lock()

    def begin(self) -> tuple[str, Begun]:
        """The provider's address to send somebody to, and what to keep meanwhile.

        Raises:
            SignInError: the provider does not answer as one.
        """
        known = self._known()
        begun = Begun(state=generate_token(43), nonce=generate_token(43), verifier=generate_token(64))
        with self._client(known) as client:
            address, _ = client.create_authorization_url(
                known.authorization_endpoint, state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
            )
        return str(address), begun

    def finish(self, answer: Mapping[str, str], begun: Begun) -> Account:
        """Whom the provider's answer names.

        Args:
            answer: the query with which the browser came back: ``state`` and ``code``, or ``error``.
            begun: what was kept.

        Raises:
            SignInError: it answers another question, or refuses, or its token is not right.
        """
        known = self._known()
        is_ours = compare_digest(answer.get("state", "").encode(), begun.state.encode())
        if not is_ours or answer.get("iss", known.issuer) != known.issuer:  # RFC 9207
            raise SignInError("this answer belongs to another sign-in", hint="Begin again from the first page.")
        if "error" in answer or not answer.get("code"):
            raise SignInError("the provider did not let you in", hint="Begin again, or ask whoever keeps the studio's accounts.")
        try:
            with self._client(known) as client:
                token = client.fetch_token(
                    known.token_endpoint, code=answer["code"], code_verifier=begun.verifier, timeout=WAIT_S, allow_redirects=False
                )
        except requests.RequestException as error:
            raise SignInError("the identity provider does not answer", hint="Try again; if it stays so, tell the pipeline TD.") from error
        except (OAuthError, ValueError) as error:
            raise SignInError("the provider refused its own answer", hint="Begin again; codes work once and for a short time.") from error
        id_token = token.get("id_token") if isinstance(token, dict) else None
        return self._account(known, self._claims(known, str(id_token or ""), begun))

    def _client(self, known: Known) -> OAuth2Session:
        secret = self._settings.secret()
        return OAuth2Session(
            self._settings.client_id,
            secret or None,
            token_endpoint_auth_method=known.secret_sent_by if secret else "none",
            scope=" ".join(self._settings.scopes),
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
        )

    def _claims(self, known: Known, id_token: str, begun: Begun) -> dict[str, Any]:
        try:
            claims = self._decoded(known, id_token)
            jwt.JWTClaimsRegistry(
                leeway=_LEEWAY_S,
                iss={"essential": True, "value": known.issuer},
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
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self._settings.client_id) != self._settings.client_id:
            raise SignInError("the provider's token is for another program", hint="Compare web.oidc.client_id with the provider.")
        return claims

    def _decoded(self, known: Known, id_token: str) -> dict[str, Any]:
        """The token's claims; the provider's keys are asked for anew once, where they may have changed."""
        try:
            return dict(jwt.decode(id_token, known.keys, algorithms=list(ALGORITHMS)).claims)
        except (JoseError, ValueError):
            newer = self._known(fresh_s=0)
            return dict(jwt.decode(id_token, newer.keys, algorithms=list(ALGORITHMS)).claims)

    def _account(self, known: Known, claims: Mapping[str, Any]) -> Account:
        email = _text(claims.get("email"))
        groups = claims.get(self._settings.groups_claim)
        groups = [groups] if isinstance(groups, str) else groups
        theirs = (claims.get("email_verified") is True or self._settings.trust_email) and "@" in email
        return Account(
            issuer=known.issuer,
            subject=str(claims["sub"]),
            name=_text(claims.get("name")) or _text(claims.get("preferred_username")) or email,
            email=email if theirs else "",
            groups=tuple(map(_text, groups[:_MOST_GROUPS])) if isinstance(groups, list) else (),
        )

    def _known(self, *, fresh_s: float = _FRESH_S) -> Known:
        """What the provider says of itself, no older than `fresh_s` seconds; that it did not answer is kept for a while, too."""
        with self._asking:
            fresh_s = _AGAIN_S if isinstance(self._told, HaikeiError) else fresh_s
            if self._told is None or time.monotonic() - self._asked_s > fresh_s:
                try:
                    self._told = discovered(self._settings.issuer)
                except HaikeiError as error:
                    self._told = error
                self._asked_s = time.monotonic()
            if isinstance(self._told, HaikeiError):
                raise SignInError(str(self._told), hint=self._told.hint)
            return self._told


def _text(told: object) -> str:
    """A claim's words; a provider may let people write them as they like."""
    return " ".join(told.split())[:_LONGEST] if isinstance(told, str) else ""
