"""The pretend studio itself: its memory, its people and its files."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integration.sandbox.ftrack.faults import Faults
from integration.sandbox.ftrack.identity import Identity
from integration.sandbox.ftrack.relations import Relations
from integration.sandbox.ftrack.rows import Rows
from integration.sandbox.store import Store

SERVER_LOCATION = "3a372bde-05bc-11e4-8908-20c9d081909b"
"""Id of ``ftrack.server`` on every site, as the vendor's client has it."""
UPLOAD_LIFE_S = 3600
"""Seconds for which an upload's signed address holds."""
_SECRET = "$Secret"


@dataclass(kw_only=True)
class Studio:
    """Everything that the parts of the server share."""

    store: Store
    relations: Relations
    identity: Identity
    media: Path
    """Folder of the files, each by its component's id."""
    faults: Faults
    secret: bytes
    """What upload addresses and keys are signed with."""
    encode_s: float
    """Seconds until media are encoded."""
    url: str = ""
    """Address of the server, without a slash at its end."""
    publish: Callable[[Mapping[str, Any]], None] = field(default=lambda event: None)
    """Tells an event to everybody at the hub."""

    @property
    def rows(self) -> Rows:
        """The entities."""
        return self.relations.rows

    def file_of(self, component_id: str) -> Path:
        """Where a component's file is kept; ids are no paths, so their digest is."""
        return self.media / hashlib.sha256(component_id.encode("utf-8", "surrogatepass")).hexdigest()

    def upload_address(self, component_id: str, part: int = 0) -> str:
        """A signed address to put a component's file, or one part of it, for an hour."""
        until = int(time.time()) + UPLOAD_LIFE_S
        return f"{self.url}/upload/{component_id}?part={part}&until={until}&signature={self._signature(component_id, part, until)}"

    def may_upload(self, component_id: str, part: int, until: int, signature: str) -> bool:
        """Whether that address was given by us and still holds."""
        signed = self._signature(component_id, part, until)
        return until >= time.time() and hmac.compare_digest(signed.encode(), signature.encode("utf-8", "replace"))

    def _signature(self, component_id: str, part: int, until: int) -> str:
        return hmac.new(self.secret, f"{component_id}:{part}:{until}".encode(), hashlib.sha256).hexdigest()[:40]


def open_studio(folder: Path, *, faults: Faults, encode_s: float) -> Studio:
    """The studio that lives in `folder`, made when there is none.

    Raises:
        SettingsError: it is open already.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    media = folder / "media"
    media.mkdir(exist_ok=True)
    store = Store(folder / "ftrack.sqlite")
    kept = store.get(_SECRET, 1)
    if kept is None:
        kept = {"type": _SECRET, "id": 1, "key": secrets.token_hex(32)}
        with store.transaction():
            store.put(kept)
    rows, secret = Rows(store), bytes.fromhex(kept["key"])
    return Studio(
        store=store,
        relations=Relations(rows),
        identity=Identity(rows, secret),
        media=media,
        faults=faults,
        secret=secret,
        encode_s=encode_s,
    )
