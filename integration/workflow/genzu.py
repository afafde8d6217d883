"""Which Version is the genzu, and bringing its file into the store."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from integration.production import Version
from integration.settings import GenzuRule, ProjectSettings
from integration.storage.protocol import MediaRef
from integration.studio import Studio

LIMIT_BYTES = 300 * 1024 * 1024
"""Largest genzu file that is fetched."""


def choose_genzu(versions: Iterable[Version], rules: ProjectSettings) -> Version | None:
    """The newest of `versions` (newest first) that has a file, is no correction and fits the rule; None when there is none."""
    drawn = (version for version in versions if version.media is not None and version.version_type not in rules.correction_types)
    return next((version for version in drawn if _fits(version, rules.genzu)), None)


def name_of(version: Version) -> str:
    """The Version and its file, so that another file on the same Version is another genzu."""
    return f"{version.id}/{version.media.id if version.media else ''}"


def fetch_genzu(studio: Studio, version: Version) -> MediaRef:
    """Bring the Version's file into the store, unread.

    Raises:
        ArtworkError: it is too large.
        TrackerError, StorageError: it cannot be fetched or kept.
    """
    with tempfile.TemporaryDirectory(prefix="haikei-genzu-") as folder:
        path = Path(folder) / "genzu"
        studio.tracker.download(version, path, limit_bytes=LIMIT_BYTES)
        return studio.storage.put_file(path, media_type="application/octet-stream")


def _fits(version: Version, rule: GenzuRule) -> bool:
    return (
        (not rule.statuses or version.status in rule.statuses)
        and (not rule.types or version.version_type in rule.types)
        and (not rule.marked or version.is_genzu)
    )
