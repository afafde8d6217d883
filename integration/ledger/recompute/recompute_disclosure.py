"""The numbers of the report `disclosure`: the use of AI by step, tool, leave and cut. Run by recompute.py."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

Entry = dict[str, Any]
Part = dict[str, Any]


def numbers(pack: Any) -> dict[str, Any]:
    """All of them; `pack` is recompute.py's."""
    every = pack.within()
    parts = parts_of(pack, every)
    told = [part_numbers(parts[key]) for key in sorted(parts)]
    cuts = cuts_of(pack, every, parts)
    return {
        "cuts": cuts,
        "parts": told,
        "permits": permits(pack),
        "policies": [{"entry": entry["index"], "policy_sha256": entry["policy_sha256"]} for entry in by_then(pack, "policy.changed")],
        "stated_tools": stated_tools(pack, every),
        "tier": min((cut["tier"] for cut in cuts), key=TIERS.index, default="cannot_tell"),
        "tools": tools(every),
        "totals": totals(told),
    }


TIERS = ["generative_ai", "cannot_tell", "assistive_ai", "no_ai"]
AREAS = ["kept", "adjusted", "repainted", "cannot_tell", "repainted_least", "repainted_most", "painted", "layout_kept"]
COUNTED = {"draft.requested": "requested", "draft.rendered": "made", "draft.delivered": "delivered", "flag.raised": "raised"}
VERSIONS = ["revision.submitted", "revision.approved", "revision.retake", "version.retired", "version.revived"]


def parts_of(pack: Any, every: list[Entry]) -> dict[tuple[str, str], Part]:
    """Each part of each background: what was counted, said, stated, asked, handed in and measured."""
    by_index = {entry["index"]: entry for entry in pack.entries}
    answered = {entry["flag"].get("answers") for entry in pack.of_show(["flag.answered"])}
    parts: dict[tuple[str, str], Part] = {}
    for entry in every:
        # Who puts a word about a draft right with another says it anew, of the same draft.
        about = by_index.get(entry["corrects"], {}) if entry["kind"] == "correction" else entry
        if entry["kind"] == "correction" and (about.get("kind") != "draft.outcome" or "decision" not in entry):
            continue
        key = (about.get("background", ""), about.get("part", ""))
        empty = {"key": key, "counts": Counter(), "refused": Counter(), "words": {}, "statements": [], "versions": {}, "measures": []}
        tell(parts.setdefault(key, empty), entry, about, pack.corrected, answered)
    heard = ("counts", "refused", "words", "statements", "versions")
    return {key: part for key, part in parts.items() if any(part[name] for name in heard)}


def tell(part: Part, entry: Entry, about: Entry, corrected: set[int], answered: set[int]) -> None:
    """Add what one entry says to its part."""
    kind, counts = entry["kind"], part["counts"]
    if kind in COUNTED:
        counts[COUNTED[kind]] += 1
        counts["labelled"] += kind == "draft.delivered" and "c2pa_manifest" in entry["asset"]
        counts["answered"] += kind == "flag.raised" and entry["index"] in answered
    elif kind == "draft.refused":
        part["refused"][entry["decision"].get("reason", "")] += 1
    elif kind in ("draft.outcome", "correction"):
        part["words"][about.get("asset", {}).get("sha256", "")] = entry["decision"]["verdict"]
    elif kind == "statement.signed":
        told = {"by": entry.get("on_behalf_of") or entry["actor"].get("ref", ""), "claims": entry["statement"]["claims"]}
        part["statements"].append({**told, "corrected": int(entry["index"] in corrected), "entry": entry["index"]})
    elif kind == "measure.computed" and entry["index"] not in corrected:
        part["measures"].append((version_of(entry), entry))
    elif kind in VERSIONS:
        hand_in(part["versions"], kind, version_of(entry))


def version_of(entry: Entry) -> str:
    """The tracker's Version, or the file where none is named."""
    return str(entry.get("tracker", {}).get("version_id") or entry.get("asset", {}).get("sha256", ""))


def hand_in(versions: dict[str, dict[str, bool]], kind: str, version: str) -> None:
    """How the Versions that were handed in stand, the newest last."""
    if kind == "revision.submitted":
        versions.pop(version, None)
        versions[version] = {"approved": False, "gone": False}
    elif version in versions and kind.startswith("revision."):
        versions[version]["approved"] = kind == "revision.approved"
    elif version in versions:
        versions[version]["gone"] = kind == "version.retired"


def head_of(part: Part) -> tuple[str, bool]:
    """The Version that is final, or else the newest that stands; and whether it is final."""
    standing = [version for version, state in part["versions"].items() if not state["gone"]]
    approved = [version for version in standing if part["versions"][version]["approved"]]
    return ([""] + (approved or standing))[-1], bool(approved)


def part_numbers(part: Part) -> dict[str, Any]:
    """One part as the report has it."""
    counts, (head, final) = part["counts"], head_of(part)
    words = [word for sha256, word in part["words"].items() if sha256]
    told: dict[str, Any] = {name: counts[name] for name in ("answered", "delivered", "labelled", "made", "raised", "requested")}
    told.update(background=part["key"][0], part=part["key"][1], head=head, final=int(final), from_layout=int("" in part["words"]))
    told.update(said=dict(Counter(words)), refused=dict(part["refused"]), statements=part["statements"])
    told["nothing_said"] = max(0, counts["delivered"] - len(words))
    measured = [entry for version, entry in part["measures"] if head and version == head]
    if measured:
        measure = measured[-1]["measure"]
        areas = {name + "_ppm": measure[name + "_ppm"] for name in AREAS if name + "_ppm" in measure}
        told["measure"] = {"entry": measured[-1]["index"], "lineage": measure.get("lineage", ""), **areas}
    return told


def totals(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The parts' counts added up; a background that serves several cuts is counted once."""
    names = ("answered", "delivered", "final", "from_layout", "labelled", "made", "nothing_said", "raised", "requested")
    added: dict[str, Any] = {name: sum(part[name] for part in parts) for name in names}
    for name in ("refused", "said"):
        added[name] = dict(sum((Counter(part[name]) for part in parts), Counter()))
    return added


def claims_of(part: Part) -> set[str]:
    """What everybody stated last of a part, where nobody put it right."""
    last = {told["by"]: told["claims"] for told in part["statements"] if not told["corrected"]}
    return {claim for claims in last.values() for claim in claims}


def answer_of(part: Part) -> tuple[str, str]:
    """Whether a part's picture holds what a model painted, and what that rests on: people's word before the file's."""
    told, claims = part_numbers(part), claims_of(part)
    yes = "used" in told["said"] or "partly_used" in told["said"]
    denied = bool(told["said"]) and not told["nothing_said"] and not yes
    no = denied or ("draft_not_used" in claims and not yes)
    shown = told.get("measure", {}).get("lineage") in ("same", "layers", "pixels")
    rules = [
        (yes, ("yes", "said")),
        (no and shown, ("cannot_tell", "contradiction")),
        (shown, ("yes", "file")),
        ("ai_tool_used" in claims, ("cannot_tell", "other_tool")),
        (not told["delivered"] and not told["made"], ("none_made", "none_made")),
        (not told["delivered"], ("no", "not_handed_over")),
        (no, ("no", "said")),
        (True, ("cannot_tell", "silence")),
    ]
    return next(answer for holds, answer in rules if holds)


def cuts_of(pack: Any, every: list[Entry], parts: dict[tuple[str, str], Part]) -> list[dict[str, Any]]:
    """Each cut with the answer for all its parts together; which cuts a background serves, its newest entry says."""
    of_background: dict[str, list[Part]] = {}
    for key in sorted(parts):
        of_background.setdefault(key[0], []).append(parts[key])
    newest = {entry["background"]: entry for entry in sorted(every, key=lambda each: int(each["index"])) if "background" in entry}
    cuts: dict[tuple[str, str], list[Part]] = {}
    for background, entry in newest.items():
        for shot in entry.get("shots", []):
            if not pack.asked.shots or shot in pack.asked.shots:
                cuts.setdefault((entry.get("seq", ""), shot), []).extend(of_background.get(background, []))
    return [cut_numbers(at, cuts[at]) for at in sorted(cuts, key=lambda at: (natural(at[0]), natural(at[1])))]


def natural(code: str) -> list[tuple[int, int, str]]:
    """Sorts c9 before c10."""
    runs = re.findall(r"[0-9]+|[^0-9]+", code)
    return [(0, int(run), "") if run.isdigit() else (1, 0, run) for run in runs] + [(-1, 0, code)]


def cut_numbers(at: tuple[str, str], parts: list[Part]) -> dict[str, Any]:
    """One cut as the report has it."""
    weight = ["yes", "cannot_tell", "no", "none_made"]
    answers = sorted((answer_of(part) for part in parts), key=lambda each: (weight.index(each[0]), each[1]))
    answer, basis = answers[0] if answers else ("none_made", "none_made")
    claims = {claim for part in parts for claim in claims_of(part)}
    if answer == "yes":
        tier = "generative_ai"
    elif answer == "cannot_tell" or any(part["counts"]["raised"] > part["counts"]["answered"] for part in parts):
        tier = "cannot_tell"
    else:
        tier = "assistive_ai" if answer == "no" else "no_ai" if "painted_by_hand" in claims else "cannot_tell"
    handed_in = [final for head, final in map(head_of, parts) if head]
    told = {"answer": answer, "basis": basis, "tier": tier, "final": int(bool(handed_in) and all(handed_in))}
    return {**told, "backgrounds": sorted({part["key"][0] for part in parts}), "episode": at[0], "shot": at[1]}


def tools(every: Iterable[Entry]) -> list[dict[str, Any]]:
    """What painted drafts, by step and settings, in order of first use."""
    names = ("model_id", "revision", "licence", "weights_sha256", "look_sha256", "scheduler", "steps", "libraries", "adapter_sha256")
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in sorted(every, key=lambda each: int(each["index"])):
        if entry["kind"] == "draft.rendered":
            same = (entry.get("step", ""), json.dumps([entry["ai"].get(name) for name in names]))
            groups.setdefault(same, []).append(entry)
    return [tool_numbers(step, entries) for (step, _), entries in groups.items()]


def tool_numbers(step: str, entries: list[Entry]) -> dict[str, Any]:
    """One tool as the report has it."""
    ai, spent = entries[0]["ai"], [entry["ai"]["render_ms"] for entry in entries if "render_ms" in entry["ai"]]
    told = {name: ai.get(name, "") for name in ("licence", "look_sha256", "model_id", "revision", "scheduler", "weights_sha256")}
    told.update(step=step, drafts=len(entries), libraries=[f"{each['name']} {each['version']}" for each in ai.get("libraries", [])])
    told.update({"steps": ai["steps"]} if "steps" in ai else {}, **({"render_ms": sum(spent)} if spent else {}))
    return told


def stated_tools(pack: Any, every: list[Entry]) -> list[dict[str, Any]]:
    """Other programs with AI, as people name them."""
    told = [entry["statement"] for entry in every if entry["kind"] == "statement.signed" and entry["index"] not in pack.corrected]
    named = Counter(each.get("tool", "") for each in told if "ai_tool_used" in each["claims"])
    return [{"statements": named[tool], "tool": tool} for tool in sorted(named)]


def by_then(pack: Any, kind: str) -> list[Entry]:
    """Entries of the whole show up to the end of the months."""
    return [entry for entry in pack.of_show([kind]) if entry["at_ms"] < pack.until]


def permits(pack: Any) -> list[dict[str, Any]]:
    """Permissions to use AI, as the record has them."""
    found = []
    for entry in by_then(pack, "approval.granted"):
        told, by = entry["approval"], entry["actor"].get("ref", "")
        if not pack.asked.episode or not told.get("seqs") or pack.asked.episode in told["seqs"]:
            lists = {"episodes": told.get("seqs", []), "steps": told.get("steps", [])}
            texts = {"by": by, "document_sha256": told.get("document_sha256", ""), "scope": told["scope"]}
            ends = {"until_ms": told["until_ms"]} if "until_ms" in told else {}
            found.append({"at_ms": entry["at_ms"], "entry": entry["index"], **lists, **texts, **ends})
    return found
