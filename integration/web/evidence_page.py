"""What the record says of a background, as plain text, for whoever the tracker gave the link."""

from collections.abc import Mapping
from unicodedata import normalize

from integration.ledger import log as ledger
from integration.reports.shot_record import shot_record
from integration.reports.shot_text import shot_text
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.workflow.evidence import background_of_link


def evidence_text(studio: Studio, name: str) -> str | None:
    """The records of every cut the background serves; None when the link is none of ours or nothing is recorded.

    Raises:
        LedgerError: the record is damaged.
    """
    background = background_of_link(studio.settings, name)
    if background is None:
        return None
    with studio.engine.connect() as connection:
        entries = [entry for _, entry in ledger.read(connection, background=background)]
        if not entries:
            return None
        show, seq = entries[-1].show, entries[-1].seq
        zones: Mapping[str, str] = {normalize("NFC", title): rules.time_zone for title, rules in studio.settings.projects.items()}
        zone = next(iter(zones.values()), ProjectSettings().time_zone)
        shots = dict.fromkeys(shot for entry in entries for shot in entry.shots)
        told = [shot_text(shot_record(connection, shot, zone=zone, zones=zones, show=show, episode=seq or None)) for shot in shots]
    return "\n\n".join(told)
