"""The short-lived token behind a button: who may say something of which draft, signed with a key that this process alone knows."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from integration.ledger.entry import milliseconds
from integration.production import PersonId, VersionId

LIFE = timedelta(minutes=15)
"""How long a button may be pressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Leave to say once what became of one draft."""

    person: PersonId
    version: VersionId
    at_ms: int
    """When the tracker signed the call, or when we showed the buttons again: part of what is recorded once."""
    until_ms: int


class Seal:
    """Signs and opens tokens. A page of another site cannot make one, so none needs a cookie, and browsers' rules for those do not matter."""

    def __init__(self) -> None:
        """Make the key; it ends with the process, and all tokens with it."""
        self._key = secrets.token_bytes(32)

    def sealed(self, person: PersonId, version: VersionId, *, at: datetime, now: datetime) -> str:
        """The token, ASCII."""
        choice = Choice(person=person, version=version, at_ms=milliseconds(at), until_ms=milliseconds(now + LIFE))
        told = json.dumps(asdict(choice), sort_keys=True).encode()
        return base64.urlsafe_b64encode(self._mac(told) + told).decode()

    def opened(self, token: str, *, now: datetime) -> Choice | None:
        """What the token says; None when it is not ours, was changed, or is too old."""
        try:
            data = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        mac, told = data[:32], data[32:]
        if not hmac.compare_digest(mac, self._mac(told)):
            return None
        choice = Choice(**json.loads(told))
        return choice if milliseconds(now) <= choice.until_ms else None

    def _mac(self, told: bytes) -> bytes:
        return hmac.new(self._key, told, hashlib.sha256).digest()
