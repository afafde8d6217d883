"""Writes summaries into attributes of their own, where they differ from what stands there; into metadata where a site has none."""

from collections.abc import Mapping
from typing import Any

from ftrack_api.exception import ServerError

from integration.production import BackgroundId, VersionId
from integration.tracker.ftrack.attributes import Attributes, given
from integration.tracker.ftrack.connection import Client, Connection, Record, updated
from integration.tracker.ftrack.query_text import among, is_id
from integration.tracker.ftrack.records import ATTRIBUTES, EVIDENCE, EVIDENCE_DATA, METADATA, SUMMARY, SUMMARY_DATA, mapped
from integration.tracker.ftrack.writing import plain
from integration.tracker.protocol import Summary

_PLACES = {SUMMARY: SUMMARY_DATA, EVIDENCE: EVIDENCE_DATA}


def write_summaries(
    connection: Connection, attributes: Attributes, backgrounds: Mapping[BackgroundId, Summary], versions: Mapping[VersionId, Summary]
) -> int:
    """See `Tracker.write_summaries`; one look for everything, one batch for each kind of entity with something that differs."""
    wanted: dict[str, dict[str, Summary]] = {}
    for background, summary in backgrounds.items():
        kind, _, number = background.partition(":")
        wanted.setdefault(kind, {})[number] = summary
    for version, summary in versions.items():
        wanted.setdefault("AssetVersion", {})[version] = summary
    queries = [f"select {METADATA}, {ATTRIBUTES} from {kind} where id in {among(filter(is_id, each))}" for kind, each in wanted.items()]
    there = connection.tried(lambda client: client.ask(*queries)) if queries else []
    return sum(_write(connection, attributes, kind, wanted[kind], records) for kind, records in zip(wanted, there, strict=True))


def _write(connection: Connection, attributes: Attributes, kind: str, summaries: Mapping[str, Summary], there: list[Record]) -> int:
    apart = {name: attributes.find(kind, name) for name in _PLACES}
    differing: dict[str, dict[str, str]] = {}
    for record in there:
        said = summaries[str(record["id"])]
        marks, data = mapped(record, "custom_attributes"), mapped(record, "metadata")
        for name, text in ((SUMMARY, plain(said.text)), (EVIDENCE, said.url)):
            stands = (marks.get(name), data.get(_PLACES[name])) if apart[name] else (data.get(_PLACES[name]),)
            if text != str(stands[0] or "") and not (text and text == stands[-1]):
                differing.setdefault(str(record["id"]), {})[name] = text
    known = {str(record["id"]): set(mapped(record, "metadata")) for record in there}

    def write(client: Client) -> None:
        operations = [
            _operation(client, kind, entity, name, text, known[entity])
            for entity, changed in differing.items()
            for name, text in changed.items()
        ]
        visible = [
            given(found, entity, text)
            for entity, changed in differing.items()
            for name, text in changed.items()
            if (found := apart[name]) is not None
        ]
        hidden = [
            one
            for one, name in zip(operations, (name for changed in differing.values() for name in changed), strict=True)
            if apart[name] is None
        ]
        try:
            client.write(*visible, *hidden)
        except ServerError:
            if not visible:
                raise
            client.write(*operations)  # we may not write these attributes, or an entity went: what is said is kept all the same

    connection.tried(write)
    return len(differing)


def _operation(client: Client, kind: str, entity: str, name: str, text: str, known: set[str]) -> dict[str, Any]:
    """The operation that puts `text` into the entity's metadata."""
    key = _PLACES[name]
    if key in known:
        return updated("Metadata", [entity, key], value=text)
    return client.created("Metadata", parent_id=entity, key=key, value=text, parent_type=kind)
