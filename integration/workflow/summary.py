"""What haikei writes beside Shots, backgrounds and Versions in the tracker: what became of drafts, and where the evidence is.

Counts and words alone: no share of anything, and nobody's name, so that nothing there can be read as a mark for a person.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
import structlog

from integration.ledger import log as ledger
from integration.ledger.canonical import code
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind, Verdict
from integration.production import Background, BackgroundId, VersionId
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.tracker.protocol import Summary
from integration.workflow import queues
from integration.workflow.evidence import evidence_url
from integration.workflow.statements import last_outcomes

log = structlog.get_logger(__name__)

_OUTCOMES = {
    Verdict.USED: ("used", "使用"),
    Verdict.PARTLY_USED: ("partly used", "一部使用"),
    Verdict.NOT_USED: ("not used", "不使用"),
    Verdict.FROM_SCRATCH: ("painted from scratch", "描き起こし"),
    Verdict.LAYOUT_ONLY: ("painted from the layout", "原図から作画"),
}
_UNSAID = ("outcome not said yet", "結果未回答")


def summarise_later(studio: Studio, connection: sa.Connection, background: Background) -> None:
    """Have the tracker's summaries of a background brought up to date, in the caller's transaction and once for each state of the record."""
    rules = studio.projects.get(background.project.id, ProjectSettings())
    if rules.write_back:
        shots = {f"Shot:{shot.id}": code(shot.code) for shot in background.shots}
        key = f"summary:{studio.tracker.site}:{background.id}:{ledger.size(connection)}"
        queues.enqueue(studio.queue, connection, queues.SUMMARY, key, background.id, shots)


def summarise(studio: Studio, background: str, shots: Mapping[str, str]) -> int:
    """Write the summaries of a background, of the Shots it serves (codes by id) and of its Versions, where they differ; returns how many."""
    with studio.engine.connect() as connection:
        entries = [entry for _, entry in ledger.read(connection, background=background)]
        if not entries:
            return 0
        show, seq = entries[-1].show, entries[-1].seq
        about = {background: entries}
        for shot, name in shots.items():
            about[shot] = [entry for _, entry in ledger.read(connection, shot=name, show=show) if entry.seq == seq]
    url = evidence_url(studio.settings, background)
    backgrounds = {BackgroundId(name): Summary(text=text_of(told), url=url) for name, told in about.items()}
    versions = {version: Summary(text=text, url=url) for version, text in version_texts(entries).items()}
    written = studio.tracker.write_summaries(backgrounds, versions)
    log.info("summaries written", background=background, written=written)
    return written


def text_of(entries: Iterable[Entry]) -> str:
    """What the record holds of one Shot or background, English and Japanese."""
    entries = list(entries)
    kinds = Counter(entry.kind for entry in entries)
    rounds = {entry.draft for entry in entries if entry.kind is Kind.DRAFT_DELIVERED}
    said = [_OUTCOMES[verdict] for verdict in dict.fromkeys(last_outcomes(entries).values()) if verdict in _OUTCOMES]
    drafts, revisions = kinds[Kind.DRAFT_DELIVERED], kinds[Kind.REVISION_SUBMITTED]
    said = said or ([_UNSAID] if drafts else [])
    english = [
        f"AI drafts: {drafts} in {_counted(len(rounds), 'round')}" if drafts else "No AI draft",
        *(word for word, _ in said),
        _counted(revisions, "revision"),
    ]
    japanese = [f"AI下描き{drafts}枚（{len(rounds)}回）" if drafts else "AI下描きなし", *(word for _, word in said), f"修正稿{revisions}"]
    return f"{'; '.join(english)}.\n{'、'.join(japanese)}"


def version_texts(entries: Sequence[Entry]) -> Mapping[VersionId, str]:
    """What is written on each Version of a background: on drafts what became of them, on revisions that they are recorded."""
    outcomes, told = last_outcomes(entries), {}
    for entry in entries:
        if entry.tracker is None or not entry.tracker.version_id:
            continue
        version = VersionId(entry.tracker.version_id)
        if entry.kind is Kind.DRAFT_DELIVERED:
            verdicts = [outcomes[parent.sha256] for parent in entry.parents if parent.sha256 in outcomes]
            english, japanese = _OUTCOMES.get(verdicts[-1], _UNSAID) if verdicts else _UNSAID
            told[version] = f"AI draft: {english}.\nAI下描き：{japanese}"
        elif entry.kind is Kind.REVISION_SUBMITTED:
            told[version] = "Recorded as a revision.\n修正稿として記録済み"
    return told


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
