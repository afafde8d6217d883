"""The upload endpoints: a place to send a file to, its parts, and the entity it is linked to."""

import hashlib
import secrets
import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from integration.sandbox.shotgrid.forms import Form
from integration.sandbox.shotgrid.identity import actor_of
from integration.sandbox.shotgrid.media import MOVIE, attach, file_of, put_in_field, set_picture
from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.studio import Actor, Studio, now_text
from integration.sandbox.shotgrid.transcoding import Transcoder
from integration.sandbox.store import Row

LARGEST_FILE = 4 * 1024**3
"""Bytes of one PUT at most."""
_KEPT_S = 3600.0
_MOST_PENDING = 2000
_MOST_PARTS = 10_000
_CHUNK = 1024 * 1024
_FILMSTRIPS = ("filmstrip_image", "filmstrip_thumb_image")
_PICTURES = ("image", "thumb_image", *_FILMSTRIPS)


class Readable(Protocol):
    """Where a body comes from."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        ...


@dataclass(kw_only=True)
class _Pending:
    """An upload under way."""

    by: dict[str, object]
    filename: str
    multipart: bool
    token: str
    begun_s: float
    parts: dict[int, str] = field(default_factory=dict)
    """ETags by part."""
    complete: bool = False


class Uploads:
    """Uploads under way, and the forms that move them on. May be used by many threads."""

    def __init__(self, studio: Studio, transcoder: Transcoder) -> None:
        """Prepare; uploads that an earlier run left are thrown away."""
        self._studio = studio
        self._transcoder = transcoder
        self._folder = studio.media / "incoming"
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        self._pending: dict[str, _Pending] = {}
        self._lock = threading.Lock()

    def answer(self, endpoint: str, form: Form) -> str:
        """What an upload endpoint answers: ``1…`` for done, ``0…`` or ``2…`` for refused."""
        acts = {
            "api_get_upload_link_info": self._begin,
            "api_get_upload_link_for_part": self._part_link,
            "api_complete_multipart_upload": self._complete,
            "api_link_file": self._link,
            "upload_file": self._upload_file,
            "publish_thumbnail": self._publish_thumbnail,
            "share_thumbnail": self._share_thumbnail,
        }
        act = acts.get(endpoint)
        if act is None:
            return "0\nThere is no such endpoint.\n"
        try:
            return act(actor_of(self._studio, form.fields), form)
        except RefusedError as error:
            return f"0\n{error}\n"

    def put(self, upload: str, token: str, part: int, body: Readable, size: int) -> str | None:
        """Take the bytes of an upload or of one of its parts; its ETag, or None when the address is not one we gave.

        Raises:
            EOFError: fewer bytes came than were announced.
        """
        with self._lock:
            pending = self._pending.get(upload)
        if pending is None or not secrets.compare_digest(pending.token, token) or not 0 < part <= _MOST_PARTS or pending.complete:
            return None
        digest, left = hashlib.md5(usedforsecurity=False), size
        arriving = self._folder / f"{upload}.{part}.{secrets.token_hex(4)}"
        try:
            with arriving.open("wb") as file:
                while left:
                    chunk = body.read(min(left, _CHUNK))
                    if not chunk:
                        raise EOFError(f"{left} bytes are missing")
                    left -= len(chunk)
                    digest.update(chunk)
                    file.write(chunk)
            arriving.replace(self._file(upload, part))
        finally:
            arriving.unlink(missing_ok=True)
        pending.parts[part] = digest.hexdigest()
        return f'"{digest.hexdigest()}"'

    def _file(self, upload: str, part: int) -> Path:
        return self._folder / f"{upload}.{part}"

    def _begin(self, actor: Actor, form: Form) -> str:
        kind = form.fields.get("upload_type")
        if kind not in ("Thumbnail", "Attachment"):
            raise RefusedError("upload_type is Thumbnail or Attachment.")
        multipart = form.fields.get("multipart_upload") == "True"
        upload, token = secrets.token_hex(16), secrets.token_hex(16)
        pending = _Pending(
            by=actor.link, filename=_plain_name(form.fields.get("filename")), multipart=multipart, token=token, begun_s=time.monotonic()
        )
        with self._lock:
            self._forget_old()
            self._pending[upload] = pending
        lines = ["1", self._address(upload, token, 1), now_text(), kind, upload, *(["multipart"] if multipart else [])]
        return "\n".join(lines) + "\n"

    def _forget_old(self) -> None:
        now_s = time.monotonic()
        old = [upload for upload, pending in self._pending.items() if now_s - pending.begun_s > _KEPT_S]
        for upload in [*old, *list(self._pending)[: max(0, len(self._pending) - _MOST_PENDING)]]:
            pending = self._pending.pop(upload, None)
            for part in pending.parts if pending else ():
                self._file(upload, part).unlink(missing_ok=True)

    def _address(self, upload: str, token: str, part: int) -> str:
        return f"{self._studio.url}/storage/{upload}?part={part}&token={token}"

    def _under_way(self, actor: Actor, upload: str | None) -> _Pending:
        with self._lock:
            pending = self._pending.get(upload or "")
        if pending is None or pending.by != actor.link:
            raise RefusedError("There is no such upload.")
        return pending

    def _part_link(self, actor: Actor, form: Form) -> str:
        upload, part = form.fields.get("upload_id", ""), form.fields.get("part_number", "")
        pending = self._under_way(actor, upload)
        if not pending.multipart or not part.isascii() or not part.isdecimal() or not 0 < int(part[:9]) <= _MOST_PARTS:
            raise RefusedError(f"There is no part {part:.20}.")
        return f"1\n{self._address(upload, pending.token, int(part))}\n"

    def _complete(self, actor: Actor, form: Form) -> str:
        upload = form.fields.get("upload_id", "")
        pending = self._under_way(actor, upload)
        etags = [etag.strip().strip('"') for etag in form.fields.get("etags", "").split(",")]
        if not pending.multipart or etags != [pending.parts.get(number) for number in range(1, len(etags) + 1)]:
            raise RefusedError("The parts are not those that were sent.")
        with self._file(upload, 1).open("ab") as whole:
            for number in range(2, len(etags) + 1):
                with self._file(upload, number).open("rb") as part:
                    shutil.copyfileobj(part, whole, _CHUNK)
                self._file(upload, number).unlink()
        pending.complete = True
        pending.parts = {1: ""}
        return "1\n"

    def _link(self, actor: Actor, form: Form) -> str:
        told = form.fields.get("upload_link_info", "").split()
        upload = told[4] if len(told) >= 5 else None
        pending = self._under_way(actor, upload)
        if 1 not in pending.parts or (pending.multipart and not pending.complete):
            raise RefusedError("Nothing was uploaded yet.")
        thumbnail = told[3] == "Thumbnail"
        return self._linked(actor, form, self._file(str(upload), 1), pending.filename, thumbnail=thumbnail)

    def _upload_file(self, actor: Actor, form: Form) -> str:
        return self._legacy(actor, form, "file", thumbnail=False)

    def _publish_thumbnail(self, actor: Actor, form: Form) -> str:
        return self._legacy(actor, form, "thumb_image", thumbnail=True)

    def _legacy(self, actor: Actor, form: Form, name: str, *, thumbnail: bool) -> str:
        if name not in form.files:
            raise RefusedError(f"The form holds no {name}.")
        filename, content = form.files[name]
        arrived = self._folder / secrets.token_hex(16)
        try:
            arrived.write_bytes(content)
            return self._linked(actor, form, arrived, _plain_name(filename), thumbnail=thumbnail)
        finally:
            arrived.unlink(missing_ok=True)

    def _linked(self, actor: Actor, form: Form, file: Path, filename: str, *, thumbnail: bool) -> str:
        field_name, display_name = form.fields.get("field_name"), form.fields.get("display_name")
        thumbnail = thumbnail or field_name in _PICTURES
        filmstrip = form.fields.get("filmstrip") in ("True", "1", "true") or field_name in _FILMSTRIPS
        with self._studio.store.transaction():
            target = self._target(form.fields.get("entity_type"), form.fields.get("entity_id"))
            link = {"type": target["type"], "id": target["id"]}
            attachment = attach(
                self._studio, actor, file, filename=filename, display_name=display_name, links=[link], project=target.get("project"),
                tags=form.fields.get("tag_list"),
            )  # fmt: skip
            number = int(attachment["id"])
            if thumbnail:
                self._picture(actor, target, "filmstrip_image" if filmstrip else "image", number)
            elif field_name is not None:
                put_in_field(self._studio, actor, target, field_name, attachment)
                if (target["type"], field_name) == ("Version", MOVIE):
                    self._picture(actor, target, "image", number)
        return f"1:{number}\n"

    def _picture(self, actor: Actor, target: Row, name: str, attachment: int) -> None:
        set_picture(self._studio, actor, target, name, attachment)
        self._transcoder.schedule(target["type"], target["id"], name, attachment)

    def _target(self, kind: str | None, number: str | None) -> Row:
        plain = number is not None and number.isascii() and number.isdecimal() and len(number) < 12
        row = self._studio.store.get(kind, int(number)) if kind and self._studio.schema.has(kind) and plain and number else None
        if row is None:
            raise RefusedError(f"{kind!s:.60} {number!s:.20} does not exist.")
        return row

    def _share_thumbnail(self, actor: Actor, form: Form) -> str:
        name = "filmstrip_image" if form.fields.get("filmstrip_thumbnail") in ("1", "True", "true") else "image"
        with self._studio.store.transaction():
            source = self._target(*_named(form.fields.get("source_entity", "")))
            picture = source.get(name)
            if picture and (not picture["ready"] or file_of(self._studio, picture["attachment"]) is None):
                return "2\nThe thumbnail of the source is not ready yet.\n"
            attachment = picture["attachment"] if picture else None
            for entity in form.fields.get("entities", "").split(","):
                set_picture(self._studio, actor, self._target(*_named(entity)), name, attachment, ready=True)
        return f"1:{attachment or ''}\n"


def _named(entity: str) -> tuple[str, str]:
    kind, _, number = entity.strip().rpartition("_")
    return kind, number


def _plain_name(name: str | None) -> str:
    """A file's own name, without folders and control characters."""
    last = PurePosixPath((name or "").replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[:200] or "file"
