"""Files: Attachments, the fields they stand in, and their thumbnails."""

import mimetypes
import os
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from integration.sandbox.shotgrid.event_log import Change, tell_change, tell_new
from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.schema import Field
from integration.sandbox.shotgrid.studio import Actor, Studio, now_text
from integration.sandbox.shotgrid.writing import change_values
from integration.sandbox.store import Row

ATTACHMENT = "Attachment"
MOVIE = "sg_uploaded_movie"
"""The field whose file also makes a Version's thumbnail."""
_MOVIE_STATE = "sg_uploaded_movie_transcoding_status"
_THUMBNAIL_PX = (480, 270)


def file_of(studio: Studio, attachment: int) -> Path | None:
    """The file of an Attachment, where it is there."""
    row = studio.store.get(ATTACHMENT, attachment)
    if row is None or "_file" not in row:
        return None
    path = studio.media / str(row["_file"])
    return path if path.is_file() else None


def attach(
    studio: Studio,
    actor: Actor,
    file: Path,
    *,
    filename: str,
    display_name: str | None = None,
    links: Sequence[dict[str, Any]] = (),
    project: dict[str, Any] | None = None,
    tags: str | None = None,
    silent: bool = False,
) -> Row:
    """Make an Attachment of a file, inside a transaction; the file itself stays where it is.

    Args:
        studio: where.
        actor: by whom.
        file: what is uploaded.
        filename: its name where it came from.
        display_name: what people shall read; the file's name without one.
        links: entities it belongs to.
        project: the project it belongs to.
        tags: comma-separated.
        silent: without an event.
    """
    number, now = studio.store.next_id(ATTACHMENT), now_text()
    content_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    name = display_name or filename
    row: Row = {
        "type": ATTACHMENT,
        "id": number,
        "created_at": now,
        "updated_at": now,
        "created_by": actor.link,
        "updated_by": actor.link,
        "display_name": name,
        "filename": filename,
        "original_fname": filename,
        "file_size": file.stat().st_size,
        "file_extension": Path(filename).suffix.lstrip(".").lower() or None,
        "content_type": content_type,
        "project": project,
        "attachment_links": list(links),
        "tag_list": [tag.strip() for tag in (tags or "").split(",") if tag.strip()],
        "this_file": {"id": number, "type": ATTACHMENT, "name": name, "content_type": content_type, "link_type": "upload"},
        "_file": _keep(studio, file, number),
    }
    studio.store.put(row)
    if not silent:
        tell_new(studio, actor, row)
    return row


def _keep(studio: Studio, file: Path, number: int) -> str:
    """Keep a file for an Attachment, without copying where the disk can; its name among the media."""
    kept = studio.media / f"{number}.bin"
    kept.unlink(missing_ok=True)
    (studio.media / f"{number}.jpg").unlink(missing_ok=True)
    try:
        os.link(file, kept)
    except OSError:
        shutil.copyfile(file, kept)
    return kept.name


def put_in_field(studio: Studio, actor: Actor, target: Row, name: str, attachment: Row) -> None:
    """Put an Attachment into a field of an entity, inside a transaction.

    Raises:
        RefusedError: the field does not hold files.
    """
    kind, number = target["type"], target["id"]
    field = studio.schema.field(kind, name)
    link = {"type": ATTACHMENT, "id": attachment["id"]}
    if field is not None and field.data_type == "url":
        change_values(studio, actor, kind, number, {name: attachment["this_file"]})
    elif field is not None and field.data_type == "multi_entity" and (not field.types or ATTACHMENT in field.types):
        change_values(studio, actor, kind, number, {name: [*(target.get(name) or ()), link]})
    else:
        raise RefusedError(f"{kind}.{name:.80} is no file field.")
    if (kind, name) == ("Version", MOVIE):
        studio.store.put({**studio.store.all(kind)[number], _MOVIE_STATE: 0})


def set_picture(studio: Studio, actor: Actor, target: Row, name: str, attachment: int | None, *, ready: bool = False) -> None:
    """Give an entity its thumbnail, or none, inside a transaction; one that is not ready reads as a placeholder.

    Raises:
        RefusedError: the type has no such thumbnail.
    """
    field = studio.schema.field(target["type"], name)
    if field is None or field.data_type != "image":
        raise RefusedError(f"{target['type']}.{name:.80} is no thumbnail.")
    old = studio.store.all(target["type"])[target["id"]].get(name)
    new = None if attachment is None else {"attachment": attachment, "ready": ready, "by": actor.link}
    row = {**studio.store.all(target["type"])[target["id"]], name: new, "updated_at": now_text(), "updated_by": actor.link}
    studio.store.put(row)
    if old != new:
        tell_change(studio, actor, Change(row=row, field=field, old=old, new=new), transient=not ready if new else None)


def finish_picture(studio: Studio, kind: str, number: int, field: Field, *, usable: bool) -> None:
    """Let the real thumbnail take the placeholder's place, or nothing when the file is no picture."""
    with studio.store.transaction():
        row = studio.store.get_any(kind, number)
        picture = row.get(field.name) if row else None
        if row is None or not picture or picture["ready"]:
            return
        new = {**picture, "ready": True} if usable else None
        row = {**row, field.name: new}
        if kind == "Version" and row.get(_MOVIE_STATE) == 0:
            row[_MOVIE_STATE] = 1 if usable else -1
        studio.store.put(row)
        actor = Actor(type=picture["by"]["type"], id=picture["by"]["id"])
        if not row.get("_retired"):
            tell_change(studio, actor, Change(row=row, field=field, old=picture, new=new), transient=False)


def is_picture(studio: Studio, attachment: int) -> bool:
    """Whether a thumbnail can be made of an Attachment."""
    return thumbnail(studio, attachment) is not None


def thumbnail(studio: Studio, attachment: int) -> Path | None:
    """The thumbnail of an Attachment, made when first asked for; None when its file is no picture."""
    file, made = file_of(studio, attachment), studio.media / f"{attachment}.jpg"
    if file is None or made.is_file():
        return made if made.is_file() else None
    content_type = str((studio.store.get(ATTACHMENT, attachment) or {}).get("content_type"))
    picture = _placeholder() if content_type.startswith("video/") else _small(file)
    if picture is None:
        return None
    part = made.with_suffix(f".{os.urandom(6).hex()}.part")
    picture.save(part, "JPEG", quality=85)
    part.replace(made)
    return made


def _small(file: Path) -> Image.Image | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file) as picture:
                picture.draft("RGB", _THUMBNAIL_PX)
                small = picture.convert("RGBA") if "A" in picture.getbands() or picture.mode == "P" else picture.convert("RGB")
        small.thumbnail(_THUMBNAIL_PX)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None
    if small.mode == "RGBA":
        paper = Image.new("RGB", small.size, "white")
        paper.paste(small, mask=small.getchannel("A"))
        return paper
    return small


def _placeholder() -> Image.Image:
    picture = Image.new("RGB", _THUMBNAIL_PX, "#2b3440")
    width, height = _THUMBNAIL_PX
    draw = ImageDraw.Draw(picture)
    draw.polygon([(width // 2 - 24, height // 2 - 32), (width // 2 - 24, height // 2 + 32), (width // 2 + 36, height // 2)], fill="#dfe6ee")
    return picture
