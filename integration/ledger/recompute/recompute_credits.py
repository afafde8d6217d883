"""The numbers of the report `credits`: who is credited in which role, and for which steps nobody is. Run by recompute.py."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

Entry = dict[str, Any]

DOES = {
    "layout.drawn": "layout_artist",
    "layout.corrected": "layout_corrector",
    "layout.cleaned": "genzu_cleaner",
    "layout.approved": "director",
    "draft.requested": "art_director",
    "handover": "coordinator",
    "revision.submitted": "coordinator",
    "revision.retake": "art_director",
    "revision.approved": "art_director",
}
STEPS = {
    "layout": "layout.drawn",
    "layout_approval": "layout.approved",
    "background": "revision.submitted",
    "final_approval": "revision.approved",
}


def numbers(pack: Any) -> dict[str, Any]:
    """All of them; `pack` is recompute.py's."""
    by_index = {entry["index"]: entry for entry in pack.entries}
    replaced = {e["corrects"] for e in pack.entries if "corrects" in e and by_index.get(e["corrects"], {}).get("kind") == e["kind"]}
    every = [e for e in pack.within(DOES) if e.get("background") and e["index"] not in replaced]
    parts: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in every:
        parts[entry["background"], entry.get("part", "")].append(entry)
    final = {key for key, told in parts.items() if any(entry["kind"] == "revision.approved" for entry in told)}
    roles = {pair for entry in every for pair in credited(entry)}
    stands = by_hand(pack)
    listed = {pair for pair in roles | set(stands) if stands.get(pair, True)}
    return {
        "final_parts": len(final),
        "gaps": {step: n for step in sorted(STEPS) if (n := sum(lacks(pack, step, parts[key]) for key in final))},
        "houses": houses(every),
        "not_final": sorted({cut(entry) for key in parts.keys() - final for entry in parts[key] if entry.get("shots")}, key=natural),
        "roles": {role: sorted(ref for each, ref in listed if each == role) for role in sorted({role for role, _ in listed})},
        "taken_out": sorted(f"{role} {ref}" for (role, ref), stays in stands.items() if not stays),
        "tools": tools(pack),
        "unnamed": unnamed(every),
    }


def credited(entry: Entry) -> Iterator[tuple[str, str]]:
    """Role and reference of everybody an entry credits: its actor, who decided, and who set the status as a coordinator."""
    actor, decision = entry["actor"], entry.get("decision", {})
    if actor["kind"] != "human":
        return
    ref, decided, setter = actor.get("ref"), decision.get("decided_by"), decision.get("set_by")
    if ref:
        yield actor.get("role") or DOES[entry["kind"]], ref
    if decided and decided != ref:
        yield DOES[entry["kind"]], decided
    if setter and setter not in (ref, decided):
        yield "coordinator", setter


def unnamed(every: list[Entry]) -> dict[str, int]:
    """How many entries of people name nobody, by role."""
    nobody = [entry for entry in every if entry["actor"]["kind"] == "human" and not entry["actor"].get("ref")]
    return dict(sorted(Counter(entry["actor"].get("role") or DOES[entry["kind"]] for entry in nobody).items()))


def by_hand(pack: Any) -> dict[tuple[str, str], bool]:
    """Whether who was put into credits by hand, or out of them, is listed: the latest word holds."""
    asked, stands = pack.asked, {}
    for entry in pack.of_show(["credit.overridden"]):
        here = not asked.episode or entry.get("seq", "") in ("", asked.episode)
        these = not asked.shots or not entry.get("shots") or set(asked.shots) & set(entry["shots"])
        if here and these and entry["at_ms"] < pack.until:
            decision = entry["decision"]
            stands[decision["reason"], entry["to_ref"]] = decision["verdict"] == "credited"
    return stands


def lacks(pack: Any, step: str, told: list[Entry]) -> bool:
    """Whether nobody who can be named, or declined to be, did a step; a background that a house was given is the house's."""
    if step == "background" and any(houses([entry]) for entry in told):
        return False
    done = {ref for entry in told if entry["kind"] == STEPS[step] for ref in people_of(entry)}
    return not any(pack.naming.get(ref) in ("named", "declined") for ref in done)


def people_of(entry: Entry) -> set[str]:
    """Everybody an entry speaks of as having done it."""
    decision = entry.get("decision", {})
    return {ref for ref in (entry["actor"].get("ref"), decision.get("set_by"), decision.get("decided_by")) if ref}


def houses(every: list[Entry]) -> dict[str, int]:
    """How many backgrounds each outside house was given, or handed in, by its reference."""
    given = {(entry["to_ref"], entry["background"]) for entry in every if entry["kind"] == "handover" and entry.get("to_ref")}
    given |= {(e["actor"]["ref"], e["background"]) for e in every if e["actor"]["kind"] == "organisation" and e["actor"].get("ref")}
    return dict(sorted(Counter(house for house, _ in given).items()))


def tools(pack: Any) -> list[str]:
    """Models that painted, with their versions."""
    painted = [entry.get("ai", {}) for entry in pack.within(["draft.rendered"])]
    return sorted({f"{ai.get('model_id', '')} {ai.get('revision', '')}".strip() for ai in painted})


def cut(entry: Entry) -> str:
    """Episode and code of an entry's first cut."""
    return f"{entry.get('seq', '')} {entry['shots'][0]}".strip()


def natural(code: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts c9 before c10."""
    runs = re.findall(r"[0-9]+|[^0-9]+", code)
    return (*((0, int(run), "") if run.isdigit() else (1, 0, run) for run in runs), (-1, 0, code))
