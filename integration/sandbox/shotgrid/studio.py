"""The pretend studio itself: its memory, its fields and the addresses of its files."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from integration.sandbox.shotgrid.faults import Faults
from integration.sandbox.shotgrid.schema import Schema, identifier
from integration.sandbox.store import Row, Store

LINK_LIFE_S = 3600
"""Seconds for which a file's signed address holds."""
PENDING_PICTURE = "/images/status/transient/thumbnail_pending.png"
"""What a thumbnail reads while it is being made."""

_SECRET = "$Secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who calls."""

    type: str
    """HumanUser or ApiUser."""
    id: int
    session_uuid: str | None = None
    sudo_actual: Mapping[str, Any] | None = None
    """The script that acts as this person."""
    writes_events: bool = True
    """False for a script whose Generate Events is off."""

    @property
    def link(self) -> dict[str, Any]:
        """The link to whoever it is."""
        return {"type": self.type, "id": self.id}


@dataclass(kw_only=True)
class Studio:
    """Everything that the parts of the server share."""

    store: Store
    schema: Schema
    media: Path
    """Folder of the files."""
    faults: Faults
    transcode_s: float
    """Seconds until a thumbnail is made."""
    url: str = ""
    """Address of the server, without a slash at its end."""
    secret: bytes = b""
    """What signed addresses and passwords are made with."""
    seed_key: str | None = None
    """Key that the seed gave to the script haikei."""
    held_events: dict[int, float] = field(default_factory=dict)
    """Event rows that are not to be seen before that moment of the monotonic clock."""

    def name_of(self, row: Row) -> str | None:
        """What an entity is called in links."""
        name = row.get(identifier(row["type"]))
        if row["type"] == "HumanUser" and not name:
            name = " ".join(filter(None, (row.get("firstname"), row.get("lastname")))) or row.get("login")
        return None if name is None else str(name)

    def shown_link(self, link: Any) -> dict[str, Any] | None:
        """A link as it goes on the wire; None when what it points to is retired or gone."""
        if not isinstance(link, dict) or not (row := self.store.get(link["type"], link["id"])):
            return None
        return {"id": row["id"], "name": self.name_of(row), "type": row["type"]}

    def signed(self, path: str) -> str:
        """The address of a file that nobody can guess, for an hour."""
        until = int(time.time()) + LINK_LIFE_S
        return f"{self.url}{quote(path)}?until={until}&signature={self.signature(path, until)}"

    def signature(self, path: str, until: int) -> str:
        """What signs the address of `path` until that second."""
        return hmac.new(self.secret, f"{path}:{until}".encode(), hashlib.sha256).hexdigest()[:40]

    def is_signature(self, path: str, until: int, signature: str) -> bool:
        """Whether that is what signs the address of `path`."""
        return hmac.compare_digest(self.signature(path, until).encode(), signature.encode("utf-8", "replace"))

    def digest(self, password: str) -> str:
        """What is kept of a password or key."""
        return hmac.new(self.secret, password.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def is_held(self, event: int) -> bool:
        """Whether an event row is not to be seen yet."""
        moment = self.held_events.get(event)
        if moment is None:
            return False
        if moment > time.monotonic():
            return True
        self.held_events.pop(event, None)
        return False


def open_studio(folder: Path, *, faults: Faults, transcode_s: float) -> Studio:
    """The studio that lives in `folder`, made when there is none.

    Raises:
        SettingsError: it is open already.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    media = folder / "media"
    media.mkdir(exist_ok=True)
    store = Store(folder / "studio.sqlite")
    secret = store.get(_SECRET, 1)
    if secret is None:
        secret = {"type": _SECRET, "id": 1, "key": secrets.token_hex(32)}
        with store.transaction():
            store.put(secret)
    studio = Studio(store=store, schema=Schema(store), media=media, faults=faults, transcode_s=transcode_s)
    studio.secret = bytes.fromhex(secret["key"])
    return studio


def now_text() -> str:
    """This second, as dates go on the wire."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
