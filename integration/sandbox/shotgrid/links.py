"""Links have two sides: whoever writes one writes the other."""

from typing import Any

from integration.sandbox.shotgrid.event_log import Change
from integration.sandbox.shotgrid.schema import Field
from integration.sandbox.shotgrid.studio import Studio
from integration.sandbox.store import Row

_Link = dict[str, Any]
_PLACES = "PlaylistVersionConnection"


def set_value(studio: Studio, kind: str, number: int, field: Field, value: Any) -> list[Change]:
    """Give a field its value, and the other side of a link its own; what changed, the field itself first, nothing if it had it."""
    row = studio.store.all(kind)[number]
    old = row.get(field.name)
    if _same(field, old, value):
        return []
    row = _put(studio, row, field.name, value)
    changes = [Change(row=row, field=field, old=old, new=value)]
    if not field.inverse:
        return changes
    back, before, after = {"type": kind, "id": number}, _links(old), _links(value)
    for link in before:
        if link not in after:
            changes += _removed(studio, link, field, back)
    for link in after:
        if link not in before:
            changes += _added(studio, link, field, back)
    if (kind, field.name) in (("Playlist", "versions"), ("Version", "playlists")):
        for playlist in [back] if kind == "Playlist" else [*before, *after]:
            _number_versions(studio, playlist)
    return changes


def _added(studio: Studio, link: _Link, field: Field, back: _Link) -> list[Change]:
    other, row = _other_side(studio, link, field), studio.store.get_any(link["type"], link["id"])
    if other is None or row is None:
        return []
    old = row.get(other.name)
    if back in _links(old):
        return []
    new: Any = [*(old or ()), back] if other.data_type == "multi_entity" else back
    changes = [Change(row=_put(studio, row, other.name, new), field=other, old=old, new=new)]
    if isinstance(old, dict) and (loser := studio.store.get_any(old["type"], old["id"])):
        had = _links(loser.get(field.name))
        left = [one for one in had if one != link]
        if left != had and field.data_type == "multi_entity":
            changes.append(Change(row=_put(studio, loser, field.name, left), field=field, old=had, new=left))
    return changes


def _removed(studio: Studio, link: _Link, field: Field, back: _Link) -> list[Change]:
    other, row = _other_side(studio, link, field), studio.store.get_any(link["type"], link["id"])
    if other is None or row is None:
        return []
    old = row.get(other.name)
    if back not in _links(old):
        return []
    new = [one for one in _links(old) if one != back] if other.data_type == "multi_entity" else None
    return [Change(row=_put(studio, row, other.name, new), field=other, old=old, new=new)]


def _other_side(studio: Studio, link: _Link, field: Field) -> Field | None:
    kind, _, name = field.inverse.partition(".")
    return studio.schema.field(link["type"], name) if kind in ("*", link["type"]) else None


def _number_versions(studio: Studio, playlist: _Link) -> None:
    """Keep a PlaylistVersionConnection for each Version of a Playlist, in order."""
    row = studio.store.get("Playlist", playlist["id"])
    wanted = _links(row.get("versions")) if row else []
    there = [one for one in studio.store.all(_PLACES).values() if one.get("playlist") == playlist and not one.get("_retired")]
    for one in there:
        if one.get("version") not in wanted:
            studio.store.put({**one, "_retired": True})
    known = [one.get("version") for one in there]
    for order, version in enumerate(wanted, 1):
        if version not in known:
            number = studio.store.next_id(_PLACES)
            studio.store.put({"type": _PLACES, "id": number, "playlist": playlist, "version": version, "sg_sort_order": order})


def _put(studio: Studio, row: Row, name: str, value: Any) -> Row:
    changed = {**row, name: value}
    studio.store.put(changed)
    return changed


def _links(value: Any) -> list[_Link]:
    return [value] if isinstance(value, dict) else list(value or ())


def _same(field: Field, old: Any, new: Any) -> bool:
    if field.data_type == "multi_entity":
        return {(link["type"], link["id"]) for link in old or ()} == {(link["type"], link["id"]) for link in new or ()}
    return bool(old == new) and type(old) is type(new)
