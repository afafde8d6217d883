"""Writes summaries into fields of their own, where they differ from what stands there."""

from collections.abc import Mapping
from typing import Any

from shotgun_api3 import Fault

from integration.errors import TrackerError
from integration.production import BackgroundId, VersionId
from integration.tracker.protocol import Summary
from integration.tracker.shotgrid.connection import Client, Connection
from integration.tracker.shotgrid.records import EVIDENCE, SUMMARY, link
from integration.tracker.shotgrid.schema import fields_of
from integration.tracker.shotgrid.writing import plain


def write_summaries(connection: Connection, backgrounds: Mapping[BackgroundId, Summary], versions: Mapping[VersionId, Summary]) -> int:
    """See `Tracker.write_summaries`; one look for each kind of entity, one update for each that differs."""
    wanted: dict[str, dict[int, Summary]] = {}
    for background, summary in backgrounds.items():
        named = link(background)
        wanted.setdefault(named["type"], {})[named["id"]] = summary
    for version, summary in versions.items():
        wanted.setdefault("Version", {})[int(version)] = summary
    return sum(_write(connection, kind, summaries) for kind, summaries in wanted.items())


def _write(connection: Connection, kind: str, summaries: Mapping[int, Summary]) -> int:
    there = connection.tried(lambda sg: sg.find(kind, [["id", "in", list(summaries)]], [SUMMARY, EVIDENCE]))
    written = 0
    for record in there:
        summary = summaries[int(record["id"])]
        changed: dict[str, Any] = {}
        if (record.get(SUMMARY) or "") != plain(summary.text):
            changed[SUMMARY] = plain(summary.text)
        if (record.get(EVIDENCE) or {}).get("url", "") != summary.url:
            changed[EVIDENCE] = {"url": summary.url, "name": "haikei", "link_type": "web"} if summary.url else None
        if changed:
            _update(connection, kind, int(record["id"]), changed)
            written += 1
    return written


def _update(connection: Connection, kind: str, number: int, changed: Mapping[str, Any]) -> None:
    def update(sg: Client) -> None:
        try:
            sg.update(kind, number, dict(changed))
        except Fault as fault:
            if not {SUMMARY, EVIDENCE} <= fields_of(sg, kind).keys():
                raise TrackerError(
                    f"{kind} has no fields {SUMMARY} and {EVIDENCE} at this site",
                    hint="Run haikei setup shotgrid --apply, or set write_back = false for the show.",
                ) from fault
            raise

    connection.tried(update)
