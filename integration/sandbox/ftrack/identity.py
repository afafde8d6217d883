"""Who calls, and what they may do."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from integration.sandbox.ftrack.refusal import RefusedError
from integration.sandbox.ftrack.rows import Rows
from integration.sandbox.store import Row

RIGHTS = ("write", "custom", "settings")
"""What a key may allow beside reading: writing entities, setting custom attributes, managing settings."""
_KEYS = "$Key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A user, by a key."""

    id: str
    username: str
    may_write: bool
    may_set_custom: bool
    may_manage: bool
    roles: frozenset[str] = frozenset()
    """Ids of the user's security roles."""


class Identity:
    """The studio's keys. They are kept as digests."""

    def __init__(self, rows: Rows, secret: bytes) -> None:
        """Look into `rows`; digests are made with `secret`."""
        self._rows = rows
        self._secret = secret

    def add_key(self, key: str, *, username: str = "", rights: tuple[str, ...] = RIGHTS) -> None:
        """Let `key` act as one user, or as any active one when `username` is empty; inside a transaction."""
        self._rows.store.put({"type": _KEYS, "id": self._digest(key), "username": username, "rights": list(rights)})

    def actor(self, username: str, key: str) -> Actor:
        """Who that is.

        Raises:
            RefusedError: the key is none, or not this user's, or the user may not sign in.
        """
        found = self._rows.store.get(_KEYS, self._digest(key)) if key else None
        user = self._user(username)
        if found is None or user is None or found["username"] not in ("", user["values"]["username"]):
            raise RefusedError("InvalidCredentialsError", "The credentials provided are not valid.", status=401)
        if user["values"].get("is_active") is not True:
            raise RefusedError("InvalidCredentialsError", "The user is not active.", status=401)
        rights = found["rights"]
        roles = {str(one["values"].get("security_role_id")) for one in self._rows.held_by("UserSecurityRole", "user_id", user["id"])}
        return Actor(
            id=user["id"],
            username=user["values"]["username"],
            may_write="write" in rights,
            may_set_custom="custom" in rights,
            may_manage="settings" in rights,
            roles=frozenset(roles),
        )

    def new_key(self, username: str) -> str:
        """A new key for a user, in place of the former ones; inside a transaction."""
        for row in list(self._rows.store.all(_KEYS).values()):
            if row["username"] == username and not row.get("_retired"):
                self._rows.store.put({**row, "_retired": True})
        key = secrets.token_urlsafe(24)
        self.add_key(key, username=username)
        return key

    def _user(self, username: str) -> Row | None:
        found: list[Any] = self._rows.held_by("User", "username", username) if username else []
        return found[0] if found else None

    def _digest(self, key: str) -> str:
        return hmac.new(self._secret, key.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
