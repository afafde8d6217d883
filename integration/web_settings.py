"""What a studio sets about haikei's own pages: where they are served, and what tells a real call of the tracker's menu."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from integration.errors import SettingsError
from integration.secret_file import secret_of

LEAST_SECRET = 16
"""Fewest characters of a menu secret."""


EMail = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""What only this machine is called."""


def is_safe_address(address: str) -> bool:
    """Whether nobody on the way can listen: HTTPS, or this machine alone."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


class OidcSettings(BaseModel):
    """The studio's identity provider, by which people sign in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = ""
    """As the provider writes it: ``https://login.studio.example/realms/studio``; empty: nobody signs in this way."""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    """Empty for a public client, which PKCE alone protects."""
    client_secret_file: Path | None = None
    """A file that holds it and nothing else."""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    groups_claim: str = "groups"
    """Claim of the ID token with the names of somebody's groups."""
    trust_email: bool = False
    """Whether an address counts that the provider does not call verified: only where people cannot choose theirs."""

    @model_validator(mode="after")
    def _is_whole(self) -> "OidcSettings":
        if not self.issuer:
            return self
        if not is_safe_address(self.issuer) or urlsplit(self.issuer).query or urlsplit(self.issuer).fragment:
            raise ValueError(f"issuer '{self.issuer}' is no https address; only a provider on this machine may do without")
        if not self.client_id or "openid" not in self.scopes:
            raise ValueError("a provider needs a client_id, and 'openid' among the scopes")
        return self

    def secret(self) -> str:
        """The client's secret; empty when there is none.

        Raises:
            SettingsError: its file cannot be read.
        """
        if self.client_secret_file is None and not self.client_secret.get_secret_value():
            return ""
        return secret_of(self.client_secret, self.client_secret_file, "web.oidc.client_secret")


class RoleSettings(BaseModel):
    """Who is what to the pages: e-mail addresses, and groups as ``group:NAME``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    coordinator: tuple[str, ...] = ()
    artist: tuple[str, ...] = ()
    """Whoever the tracker knows is one without being named."""
    art_director: tuple[str, ...] = ()
    management: tuple[str, ...] = ()
    auditor: tuple[str, ...] = ()
    """Usually by a link instead: `haikei auditor link`."""


class WebSettings(BaseModel):
    """Pages that `haikei up` serves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    """Address they are served on; others than this machine reach it through the studio's own HTTPS server."""
    port: int = Field(0, ge=0, le=65535)
    """0: no pages."""
    public_url: str = ""
    """What people's browsers call them by: ``https://haikei.studio.example``."""
    menu_secret: SecretStr = SecretStr("")
    """Shared with the tracker's menu item, which signs with it, where the tracker's menu calls pages; links to the record are made with it."""
    menu_secret_file: Path | None = None
    """A file that holds it and nothing else."""
    menu_age_s: float = Field(300.0, ge=10, le=3600)
    """How old a call of the menu may be."""
    clock_skew_s: float = Field(30.0, ge=0, le=300)
    """How far the tracker's clock may be before ours."""
    requests_per_minute: int = Field(1200, ge=1, le=100_000)
    """From one address, which may be a proxy's; what comes sooner is asked to wait, as is what one person asks past half of it.

    A cut's page fetches some twenty pictures.
    """
    session_hours: int = Field(12, ge=1, le=168)
    """How long somebody stays signed in at most."""
    idle_minutes: int = Field(120, ge=5, le=1440)
    """How long without a page being opened."""
    sign_ins_per_minute: int = Field(60, ge=1, le=100_000)
    """Tries to sign in, from one address, which may be a proxy's: a studio comes in at ten."""
    oidc: OidcSettings = OidcSettings()
    roles: RoleSettings = RoleSettings()
    people: dict[EMail, str] = {}
    """Login or e-mail address in the tracker for an account's e-mail address, where the two differ; empty: nobody there."""
    shows: dict[str, tuple[str, ...]] = {}
    """For an e-mail address or ``group:NAME``: the only shows they see, by name."""

    @field_validator("public_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError(f"'{value}' is no address; write it as in the browser: https://haikei.studio.example")
        return value.rstrip("/")

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach `host`."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def is_trial(self) -> bool:
        """Whether nobody but this machine reaches the pages, by whichever address."""
        return self.is_local and (not self.public_url or urlsplit(self.public_url).hostname in LOOPBACK)

    def require_safe_sign_in(self) -> None:
        """Let nobody's sign-in be listened to.

        Raises:
            SettingsError: people would sign in by the studio's accounts over an address where others can listen.
        """
        if self.oidc.issuer and not (is_safe_address(self.public_url) if self.public_url else self.is_local):
            raise SettingsError(
                f"people would sign in without encryption: the pages are called {self.public_url or self.host}",
                hint="Let the studio's HTTPS server stand before them, and set web.public_url to https://…",
            )

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the pages by HTTPS alone."""
        return self.public_url.startswith("https://")

    @property
    def path(self) -> str:
        """What stands before every path of ours in the browser: empty, or ``/haikei``."""
        return urlsplit(self.public_url).path.rstrip("/")

    def has_secret(self) -> bool:
        """Whether a menu secret is named; nothing is read."""
        return bool(self.menu_secret.get_secret_value()) or self.menu_secret_file is not None

    def secret(self) -> str:
        """The menu secret.

        Raises:
            SettingsError: there is none, it is too short, or its file cannot be read.
        """
        secret = secret_of(self.menu_secret, self.menu_secret_file, "web.menu_secret")
        if len(secret) < LEAST_SECRET:
            raise SettingsError(f"web.menu_secret has fewer than {LEAST_SECRET} characters", hint="Make one with: openssl rand -base64 32")
        return secret
