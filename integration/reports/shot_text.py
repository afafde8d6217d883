"""The record of one cut as plain text for a terminal or a file: people first, tools at the end."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from integration.ledger.people import PersonName
from integration.ledger.vocabulary import Kind
from integration.reports.measured import CAVEATS as MEASURE_CAVEATS
from integration.reports.measured import measured_lines
from integration.reports.shot_record import Deed, Draft, Round, ShotRecord
from integration.reports.terminal import safe
from integration.reports.tools import Tool

LATE = timedelta(hours=1)
"""An entry written down so long after the fact says so."""

TITLE_CELLS = 28
"""Width of the titles before people's names, in terminal cells."""

TIME_LOGGED = "time logged (kept for the person and payroll)"
"""All that is said of a cut's hours."""

CAVEATS = (
    '"unknown" means that nobody told haikei, not that nobody did it.',
    "Seconds are the machine's; they say nothing about anybody's work or hours.",
    "What became of a draft is what people said, not a measurement.",
)
"""What the figures above do not say."""


def shot_text(record: ShotRecord) -> str:
    """`record` as lines of text; safe to print whatever names and codes hold. Print it as it is, not as markup."""
    lines = [*_heading(record)]
    if not (record.people or record.rounds or record.refusals or record.statements or record.other or record.time_logged):
        return "\n".join([*lines, "", "Nothing is recorded for this cut.", ""])
    sections: tuple[tuple[str, Iterable[str]], ...] = (
        ("People", _people(record)),
        ("How people say they worked", (_statement(deed) for deed in record.statements)),
        ("Drafts", (line for each in record.rounds for line in _round(each))),
        ("Revisions measured 測定", measured_lines(record.measures)),
        ("Refused", (_line(deed) for deed in record.refusals)),
        ("Also recorded", (*(_line(deed) for deed in record.other), *([TIME_LOGGED] if record.time_logged else []))),
        ("Tools used", (line for tool in record.tools for line in _tool(tool))),
        ("What this does not say", (*CAVEATS, *(MEASURE_CAVEATS if record.measures else ()))),
    )
    for title, body in sections:
        inside = [f"  {line}" for line in body]
        lines += ["", title, *inside] if inside else []
    return "\n".join([*lines, ""])


_CREDITS = (
    (Kind.LAYOUT_DRAWN, "Layout drawn 原図"),
    (Kind.LAYOUT_CORRECTED, "Layout corrected 修正"),
    (Kind.LAYOUT_CLEANED, "Genzu cleaned up 原図整理"),
    (Kind.LAYOUT_APPROVED, "Layout approved 原図承認"),
    (Kind.LAYOUT_REOPENED, "Layout reopened 差し戻し"),
    (Kind.HANDOVER, "Handed over 引き渡し"),
    (Kind.REVISION_SUBMITTED, "Background art 背景"),
    (Kind.REVISION_RETAKE, "Retake asked リテイク"),
    (Kind.REVISION_APPROVED, "Background approved 背景承認"),
)
_SAID_UNKNOWN = {Kind.LAYOUT_DRAWN, Kind.LAYOUT_CORRECTED, Kind.LAYOUT_CLEANED, Kind.LAYOUT_APPROVED, Kind.REVISION_SUBMITTED}
"""Work every background has: a reader must see when nobody is named for it."""
_ACTIONS = {
    Kind.DRAFT_REQUESTED: "asked for",
    Kind.DRAFT_DELIVERED: "delivered",
    Kind.DRAFT_CANCELLED: "cancelled",
    Kind.DRAFT_SUPERSEDED: "superseded",
    Kind.DRAFT_CHOSEN: "chosen",
    Kind.DRAFT_REJECTED: "rejected",
    Kind.DRAFT_REFUSED: "refused",
    Kind.DRAFT_OUTCOME: "outcome",
    Kind.PROMPT_CORRECTED: "prompt corrected since the former round",
    Kind.VERSION_RETIRED: "deleted in the tracker",
    Kind.VERSION_REVIVED: "taken back in the tracker",
    Kind.CORRECTION: "correction",
    Kind.APPROVAL_GRANTED: "approval granted",
    Kind.REPORT_EXPORTED: "report exported",
}
_VERDICTS = {
    "used": "used",
    "partly_used": "partly used",
    "not_used": "not used",
    "from_scratch": "painted from scratch",
    "layout_only": "painted from layout",
}


def _heading(record: ShotRecord) -> Iterator[str]:
    show = safe(record.show) or "unknown"
    yield f"Cut {safe(record.shot)}, show {show}" + "".join(f", {safe(seq)}" for seq in record.seqs)
    if record.other_shots:
        yield f"Its background also serves {', '.join(map(safe, record.other_shots))}."
    yield f"Draft rounds 下描き: {_by_part(record.draft_rounds)}. Retakes リテイク: {_by_part(record.retakes)}."
    yield f"Times in {record.zone}. #n is an entry's place in the record of {record.size} entries."


def _by_part(counts: Mapping[str, int]) -> str:
    """``2``, or ``BG 2, BOOK1 1`` where there is more than the BG."""
    if counts.keys() <= {"BG"}:
        return str(counts.get("BG", 0))
    return ", ".join(f"{safe(part) or 'part unknown'} {count}" for part, count in counts.items())


def _people(record: ShotRecord) -> Iterator[str]:
    for kind, title in _CREDITS:
        deeds = record.done(kind)
        if not deeds and kind in _SAID_UNKNOWN:
            yield f"{_padded(title)} unknown"
        for deed in deeds:
            apart = " (handed it in, was not on the task)" if kind is Kind.REVISION_SUBMITTED and not deed.role else ""
            to = f" to {_name(deed.to)}" if deed.to else ""
            yield f"{_padded(title)} {_who(deed)}{apart}{to}{_status(deed)}, {_when(deed)}{_said(deed)}"


def _round(each: Round) -> Iterator[str]:
    yield ", ".join(filter(None, (_number(each), safe(each.part), safe(each.background))))
    for deed in each.deeds:
        yield f"  {_line(deed)}"
    for place, draft in enumerate(each.drafts, start=1):
        yield f"  Draft {place}: {_painted(draft)}"
        outcomes = [deed for deed in draft.deeds if deed.kind is Kind.DRAFT_OUTCOME]
        for deed in draft.deeds:
            if deed not in outcomes:
                yield f"    {_line(deed)}"
        for deed in reversed(outcomes):
            yield f"    {'' if deed is outcomes[-1] else 'before that, '}{_line(deed)}"
        if {deed.kind for deed in draft.deeds if not _is_gate(deed)} == {Kind.DRAFT_DELIVERED}:
            yield "    outcome: unknown"


def _number(each: Round) -> str:
    if each.round is not None:
        return f"Round {each.round}"
    without = not each.draft and not each.drafts and all(deed.verdict == "layout_only" for deed in each.deeds)
    return "Without a draft" if without else "Round unknown"


def _painted(draft: Draft) -> str:
    seed = "unknown" if draft.seed is None else str(draft.seed)
    seconds = "time unknown" if draft.seconds is None else f"{draft.seconds:.1f} s"
    model = safe(draft.model_id) or "unknown model"
    settings = _short(draft.look_sha256)
    return f"picture {_short(draft.sha256)}, {model}, seed {seed}, settings {settings}, {seconds}, {draft.at:%Y-%m-%d %H:%M} #{draft.index}"


def _line(deed: Deed) -> str:
    """What happened, by whom if by a person, when, and what was said."""
    action = "found bad by the quality gate" if _is_gate(deed) else _ACTIONS.get(deed.kind, safe(deed.kind.value))
    verdict = _VERDICTS.get(deed.verdict, "")
    of = f" of #{deed.corrects}" if deed.corrects is not None else ""
    by = "" if deed.actor in {"machine", "script"} else f", says {_name(deed.by)}" if verdict else f" by {_who(deed)}"
    stood = {Kind.DRAFT_DELIVERED: " as Version", Kind.VERSION_RETIRED: ": Version", Kind.VERSION_REVIVED: ": Version"}.get(deed.kind)
    version = f"{stood} {safe(deed.version_id)}" if stood and deed.version_id else ""
    return f"{action}{of}{': ' + verdict if verdict else ''}{by}{version}, {_when(deed)}{_said(deed)}"


def _statement(deed: Deed) -> str:
    claims = ", ".join(safe(claim.replace("_", " ")) for claim in deed.claims)
    person = deed.for_whom or deed.by
    put_down = f", put down by {_name(deed.by)}" if deed.for_whom else ""
    about = f"Version file {_short(deed.sha256)}" if deed.sha256 else safe(deed.part)
    tool = f", with {safe(deed.tool)}" if deed.tool else ""
    return f"{_name(person)} of {about}: {claims}{tool}{put_down}, {_when(deed)}{_said(deed)}"


def _is_gate(deed: Deed) -> bool:
    """Whether this is what the quality gate found of a draft, and nobody's choice."""
    return deed.kind is Kind.DRAFT_REJECTED and deed.actor == "script"


def _tool(tool: Tool) -> Iterator[str]:
    revision = f", revision {safe(tool.revision)}" if tool.revision else ""
    pictures = "1 draft" if tool.drafts == 1 else f"{tool.drafts} drafts"
    yield f"{safe(tool.model_id) or 'unknown model'}{revision}, licence {safe(tool.licence) or 'unknown'}: {pictures} in {tool.seconds:.1f} s"
    facts = (
        ("settings", tool.look_sha256 or "unknown"),
        ("weights", tool.weights_sha256 or "unknown"),
        ("scheduler", tool.scheduler),
        ("steps", "" if tool.steps is None else str(tool.steps)),
        ("with", ", ".join(tool.libraries)),
        ("on", ", ".join(tool.devices)),
    )
    for name, value in facts:
        if value:
            yield f"  {name:<10} {safe(value)}"


def _who(deed: Deed) -> str:
    if deed.set_by is None:
        by = _name(deed.by) + (f" ({deed.actor})" if deed.actor != "human" else "")
        return f"{_name(deed.for_whom)}, put down by {by}" if deed.for_whom else by
    return f"decided by {_name(deed.by)}; status set by {_name(deed.set_by)}"


def _name(person: PersonName) -> str:
    return f"{safe(person.name)} ({safe(person.name_en)})" if person.name_en else safe(person.name)


def _padded(title: str) -> str:
    """`title` filled up to a terminal's `TITLE_CELLS`; Japanese characters take two."""
    cells = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in title)
    return title + " " * (TITLE_CELLS - cells)


def _status(deed: Deed) -> str:
    return f' to "{safe(deed.status)}"' if deed.status and deed.set_by else ""


def _when(deed: Deed) -> str:
    late = f", written down {deed.recorded:%Y-%m-%d %H:%M}" if deed.recorded - deed.at > LATE else ""
    put_right = f", put right by {_indexes(deed.corrected_by)}" if deed.corrected_by else ""
    return f"{deed.at:%Y-%m-%d %H:%M}{late} #{deed.index}{put_right}"


def _said(deed: Deed) -> str:
    reason = f" [{safe(deed.reason)}]" if deed.reason else ""
    words = "(words erased)" if deed.words is None else f"“{safe(deed.words)}”" if deed.words else ""
    return f"{reason}{': ' + words if words else ''}"


def _short(digest: str) -> str:
    return digest[:12] or "unknown"


def _indexes(indexes: Sequence[int]) -> str:
    return ", ".join(f"#{index}" for index in indexes)
