"""The numbers of the report `labour`: drafts, machines, retakes, houses, and hours of groups. Run by recompute.py with --until.

Hours, and how many backgrounds have any, are printed if the pack was made with hours.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

Entry = dict[str, Any]
Cell = tuple[str, ...]

FEWEST = 3
SAID = ("used", "partly_used", "not_used", "from_scratch", "layout_only")


def numbers(pack: Any) -> dict[str, Any]:
    """All of them; `pack` is recompute.py's."""
    found = {
        "drafts": drafts(pack),
        "estimates": estimates(pack),
        "houses": houses(pack),
        "machine": machine(pack),
        "retakes": {str(times): count for times, count in sorted(Counter(again(pack).values()).items())},
        "turnarounds": turnarounds(pack),
        "until": pack.asked.until,
    }
    if pack.has_hours:
        logged = {entry["background"] for entry in standing(pack, "time.logged") if not entry["time"].get("withdrawn")}
        found["with_hours"] = len(again(pack).keys() & logged)
        if not pack.asked.shots:
            found.update(hours(pack))
    return found


def standing(pack: Any, *kinds: str) -> list[Entry]:
    """Entries asked for that no later one puts right."""
    return [entry for entry in pack.within(kinds) if entry["index"] not in pack.corrected]


def whole(pack: Any, kind: str) -> list[Entry]:
    """Entries of the whole show that no later one puts right."""
    return [entry for entry in pack.of_show([kind]) if entry["index"] not in pack.corrected]


def version(entry: Entry) -> tuple[str, str]:
    """The background with the Version an entry is about, or with the file where no Version is named."""
    return entry.get("background", ""), entry.get("tracker", {}).get("version_id", "") or entry.get("asset", {}).get("sha256", "")


def drafts(pack: Any) -> dict[str, int]:
    """Drafts by what became of them."""
    words = last_words(pack)
    delivered = standing(pack, "draft.delivered")
    said: Counter[str] = Counter()
    for entry in delivered:
        by_picture = (entry.get("background", ""), "", entry.get("asset", {}).get("sha256", ""))
        by_version = (entry.get("background", ""), entry.get("tracker", {}).get("version_id", ""), "")
        said[words.get(by_version) or words.get(by_picture) or ""] += 1
    none = [e for e in pack.within(["draft.outcome"]) if not e.get("asset") and not e.get("tracker", {}).get("version_id")]
    return {
        "made": len(standing(pack, "draft.rendered")),
        "rejected": len(standing(pack, "draft.rejected")),
        "delivered": len(delivered),
        **{verdict: said[verdict] for verdict in SAID},
        "nothing_said": said[""],
        "no_draft": len({entry["background"] for entry in none}),
    }


def last_words(pack: Any) -> dict[tuple[str, str, str], str]:
    """The last word on each draft of the show, by background and Version, or by picture where none is named."""
    outcomes = {entry["index"]: entry for entry in pack.of_show(["draft.outcome"])}
    told = [(entry, entry) for entry in outcomes.values()]
    told += [(e, outcomes[e["corrects"]]) for e in pack.of_show(["correction"]) if e["corrects"] in outcomes and e.get("decision")]
    words = {}
    for said, about in sorted(told, key=lambda each: (each[0]["at_ms"], each[0]["index"])):
        named = about.get("tracker", {}).get("version_id", "")
        picture = "" if named else about.get("asset", {}).get("sha256", "")
        words[about.get("background", ""), named, picture] = said["decision"]["verdict"]
    return words


def estimates(pack: Any) -> dict[str, dict[str, int]]:
    """Of whole tasks, by step; of single months there is none."""
    found: dict[str, dict[str, int]] = {}
    for entry in standing(pack, "time.estimated") if not pack.asked.first and not pack.asked.last else ():
        if not entry["time"].get("withdrawn"):
            step = found.setdefault(entry.get("step", ""), {"minutes": 0, "tasks": 0})
            step["minutes"] += entry["time"]["minutes"]
            step["tasks"] += 1
    return found


def machine(pack: Any) -> dict[str, int]:
    """What painting took."""
    times = [entry.get("ai", {}).get("render_ms") for entry in standing(pack, "draft.rendered")]
    return {"pictures": len(times), "render_ms": sum(ms for ms in times if ms), "untold": times.count(None)}


def again(pack: Any) -> dict[str, int]:
    """How often each background that was handed in was asked for again."""
    many = {entry["background"]: 0 for entry in standing(pack, "revision.submitted", "revision.retake")}
    for entry in standing(pack, "revision.retake"):
        many[entry["background"]] += 1
    return many


def houses(pack: Any) -> dict[str, dict[str, int]]:
    """What outside houses were given and handed in; `retakes` are of Versions they ever handed in."""
    handed_in = [entry for entry in whole(pack, "revision.submitted") if entry["actor"]["kind"] == "organisation"]
    theirs = {version(entry): entry["actor"].get("ref", "") for entry in handed_in}
    given, returned, retakes = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set), Counter[str]()
    for entry in standing(pack, "handover"):
        given[entry.get("to_ref", "")].add(entry["background"])
    for entry in standing(pack, "revision.submitted"):
        returned[entry["actor"].get("ref", "") if entry["actor"]["kind"] == "organisation" else ""].add(entry["background"])
    for entry in standing(pack, "revision.retake"):
        retakes[theirs.get(version(entry), "")] += 1
    return {
        ref: {"handed_over": len(given[ref]), "retakes": retakes[ref], "returned": len(returned[ref])}
        for ref in {*given, *returned, *retakes} - {""}
    }


# --- what may be told of people


def known(pack: Any, ref: str) -> frozenset[str]:
    """Whoever counts as one more: somebody, and not erased."""
    return frozenset([ref] if ref and pack.naming.get(ref, "erased") != "erased" else [])


def is_asked(pack: Any, cell: Cell) -> bool:
    """Whether month and episode are asked for."""
    asked = pack.asked
    return (asked.first or "") <= cell[0] <= (asked.last or "9999") and asked.episode in ("", cell[1])


def blocks(crowds: dict[Cell, list[frozenset[str]]]) -> list[list[Cell]]:
    """Cells joined, month by month, until there are three people in each part they have in them; what is left waits for later months."""

    def size(cells: list[Cell]) -> int:
        return min(len(frozenset().union(*part)) for part in zip(*(crowds[cell] for cell in cells)))

    def gather(pieces: list[list[Cell]]) -> tuple[list[list[Cell]], list[Cell]]:
        full, pending = list[Any](), list[Any]()
        for piece in pieces:
            pending = pending + piece
            if size(pending) >= FEWEST:
                full, pending = [*full, pending], []
        return full, pending

    def branch(cells: list[Cell], depth: int) -> tuple[list[list[Cell]], list[Cell]]:
        if depth == len(cells[0]):
            return gather([cells])
        full, left = list[Any](), list[Any]()
        for name in sorted({cell[depth] for cell in cells}):
            inner, rest = branch([cell for cell in cells if cell[depth] == name], depth + 1)
            full, left = full + inner, left + ([rest] if rest else [])
        more, rest = gather(left)
        full += more
        if full and rest:
            at = min(range(len(full)), key=lambda place: (size(full[place]), full[place]))
            full[at], rest = full[at] + rest, []
        return full, rest

    told: list[list[Cell]] = []
    waiting: list[Cell] = []
    for month in sorted({cell[0] for cell in crowds}):
        full, rest = branch(sorted(cell for cell in crowds if cell[0] == month), 1)
        more, waiting = gather([piece for piece in (waiting, rest) if piece])
        told += full + more
    return told


def counted(pack: Any) -> list[Entry]:
    """Time logs of the whole show that stand."""
    logs = [entry for entry in whole(pack, "time.logged") if entry["actor"]["kind"] in ("human", "organisation")]
    return [entry for entry in logs if entry["time"]["minutes"] and not entry["time"].get("withdrawn")]


def hours(pack: Any) -> dict[str, Any]:
    """What is told of hours; where nobody logged any, nothing stands."""
    cells: dict[Cell, dict[Cell, list[tuple[str, int, str]]]] = defaultdict(lambda: defaultdict(list))
    for entry in counted(pack):
        actor, house = entry["actor"], entry["actor"]["kind"] == "organisation"
        who = entry.get("on_behalf_of") or ("" if house else actor.get("ref", ""))
        confirmed = "confirmed" if entry["time"]["confirmed"] else "unconfirmed"
        place = (entry.get("step", ""), actor.get("role", ""), actor.get("ref", "") if house else "", confirmed)
        for cell, minutes in parts(pack, entry):
            cells[place][cell].append((who, minutes, entry["time"]["source"]))
    every = {place: Series(pack, logs) for place, logs in cells.items()}
    own = {place: each for place, each in every.items() if not place[2]}
    told: dict[str, dict[str, Any]] = defaultdict(dict)
    for step, role, name in {(*place[:2], name) for place in own for name in ("confirmed", "unconfirmed")}:
        told[f"{step}/{role}"][name] = sums(own, lambda at, to=(step, role, "", name): at == to)
    by_role = {place: both for place, both in told.items() if any(each["known"] != "not logged" for each in both.values())}
    return {
        "hours": by_role,
        "house_hours": logged({ref: sums(every, lambda at, ref=ref: at[2] == ref) for ref in {place[2] for place in every} - {""}}),
        "logged": logged({step: sums(own, lambda at, step=step: at[0] == step) for step in {place[0] for place in own}}),
        "night": sums(own, lambda _: True, 3, "night"),
        "weekend": sums(own, lambda _: True, 2, "weekend"),
    }


def logged(told: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Those of whom anything is logged."""
    return {name: each for name, each in told.items() if each["known"] != "not logged"}


def sums(every: dict[Cell, Series], keep: Any, place: int = 0, only: str = "") -> dict[str, Any]:
    """What is told of those series together that `keep` holds for."""
    return together([each.told(place, only) for at, each in every.items() if keep(at)])


class Series:
    """Hours of one step and role, put down in one way, with the blocks in which they may be told."""

    def __init__(self, pack: Any, cells: dict[Cell, list[tuple[str, int, str]]]) -> None:
        self.pack, self.cells = pack, cells
        crowds = {cell: [self.people([cell])] for cell in cells if cell[0] < pack.asked.until[:7]}
        self.blocks = blocks(crowds)

    def people(self, cells: Any) -> frozenset[str]:
        """Whoever counts in these cells."""
        return frozenset().union(*(known(self.pack, who) for cell in cells for who, _, _ in self.cells[cell]))

    def told(self, place: int = 0, only: str = "") -> dict[str, Any]:
        """The hours asked for, or those of them worked then."""
        asked = [cell for cell in self.cells if is_asked(self.pack, cell)]
        wanted = {cell for cell in asked if not only or cell[place] == only}
        over = {cell for cell in wanted if cell[0] < self.pack.asked.until[:7]}
        told = {cell for block in self.blocks if wanted.issuperset(block) for cell in block}
        if told:
            logs = [log for cell in told for log in self.cells[cell]]
            minutes, sources = sum(log[1] for log in logs), sorted({log[2] for log in logs})
            return {"known": "logged", "minutes": minutes, "sources": sources, "told": "whole" if told == over else "in part"}
        if not wanted:
            nobody_says = only and asked and all(cell[place] == "unknown" for cell in asked)
            return {"known": "unknown" if nobody_says else "not logged"}
        early = over != wanted and len(self.people(wanted)) >= FEWEST
        return {"known": "month not over" if early else "fewer than 3 people"}


def together(sums: list[dict[str, Any]]) -> dict[str, Any]:
    """What is told of several series, added up."""
    sums = [each for each in sums if each["known"] != "not logged"]
    told = [each for each in sums if each["known"] == "logged"]
    silent = {each["known"] for each in sums} & {"fewer than 3 people", "month not over"}
    if not told:
        order = ("fewer than 3 people", "month not over", "unknown", "not logged")
        return {"known": next(each for each in order if each == "not logged" or any(known["known"] == each for known in sums))}
    return {
        "known": "logged",
        "minutes": sum(each["minutes"] for each in told),
        "sources": sorted({source for each in told for source in each["sources"]}),
        "told": "in part" if silent or any(each["told"] == "in part" for each in told) else "whole",
    }


def parts(pack: Any, entry: Entry) -> Iterator[tuple[Cell, int]]:
    """Month, episode, weekend or weekday, night or day, with the minutes of a time log that lie there."""
    told, episode = entry["time"], entry.get("seq", "")
    start, end, minutes = told.get("span_start_ms"), told.get("span_end_ms"), told["minutes"]
    if start is None or end is None:
        yield (month(pack, entry["at_ms"]), episode, "unknown", "unknown"), minutes
        return
    middle = (start + end) // 2
    week = "weekend" if day(pack, middle).weekday() >= 5 else "weekday"
    at, length = (month(pack, middle), episode, week), end - start
    if not 0 < length < 23 * 3_600_000 or minutes * 60_000 > length:
        yield (*at, "unknown"), minutes
        return
    night = (minutes * night_ms(pack, start, end) + length // 2) // length
    yield from (((*at, name), share) for name, share in (("night", night), ("day", minutes - night)) if share)


def day(pack: Any, ms: int) -> Any:
    """The studio's day of a moment."""
    begins, local = time.fromisoformat(pack.asked.day_start), moment(ms).astimezone(ZoneInfo(pack.asked.zone)).date()
    return local if ms >= utc_ms(pack, local, begins) else local - timedelta(days=1)


def month(pack: Any, ms: int) -> str:
    """The studio's month of a moment."""
    return str(day(pack, ms).isoformat()[:7])


def night_ms(pack: Any, start: int, end: int) -> int:
    """How much lies between 22:00 and 05:00."""
    first = moment(start).date()
    days = [first + timedelta(days=n) for n in range(-2, 3)]
    nights = [(utc_ms(pack, d, time(22)), utc_ms(pack, d + timedelta(days=1), time(5))) for d in days]
    return sum(max(0, min(till, end) - max(since, start)) for since, till in nights)


def moment(ms: int) -> datetime:
    """A moment, UTC."""
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms)


def utc_ms(pack: Any, local: Any, at: time) -> int:
    """What the clock in the studio calls `at` on the date `local`."""
    there = datetime.combine(local, at, tzinfo=ZoneInfo(pack.asked.zone)).astimezone(timezone.utc)
    return (there - moment(0)) // timedelta(milliseconds=1)


def turnarounds(pack: Any) -> dict[str, dict[str, Any]]:
    """Quartiles of each stage's minutes; people's hands only in blocks of three people, and of twelve times."""
    drafted = [ms for end, ms, _, _ in to_draft(pack) if pack.since <= end < pack.until]
    found = {"layout_approved_to_draft_delivered": quartiles(drafted) if drafted else {"known": "not logged"}}
    hands = {"draft_delivered_to_revision_submitted": to_revision, "revision_submitted_to_revision_approved": to_approval}
    for stage, took in ((stage, find(pack)) for stage, find in hands.items()):
        placed = [((month(pack, end), seq), ms, people) for end, ms, seq, people in took]
        asked = {cell for cell, _, _ in placed if is_asked(pack, cell)}
        crowds: dict[Cell, list[frozenset[str]]] = {}
        for cell, _, people in placed:
            if cell[0] < pack.asked.until[:7]:
                before = crowds.get(cell, [frozenset()] * len(people))
                crowds[cell] = [crowd | known(pack, ref) for crowd, ref in zip(before, people)]
        told = {cell for block in blocks(crowds) if asked.issuperset(block) for cell in block}
        values = [ms for cell, ms, _ in placed if cell in told]
        silent = pack.asked.shots or len(values) < 4 * FEWEST
        found[stage] = {"known": "not logged"} if not asked else {"known": "fewer than 3 people"} if silent else quartiles(values)
    return found


def quartiles(values: list[int]) -> dict[str, Any]:
    """Whole minutes, halves rounded up, interpolated between neighbours."""
    values = sorted(values)
    found = []
    for quarter in (1, 2, 3):
        at, rest = divmod((len(values) - 1) * quarter, 4)
        fourfold = values[at] * (4 - rest) + (values[at + 1] * rest if rest else 0)
        found.append((fourfold + 120_000) // 240_000)
    return {"known": "logged", "first_quarter": found[0], "median": found[1], "third_quarter": found[2], "times": len(values)}


def ordered(pack: Any, kind: str) -> list[Entry]:
    """Entries of the show that nothing put right, in order of time."""
    return sorted(whole(pack, kind), key=lambda entry: (entry["at_ms"], entry["index"]))


def moments(entries: list[Entry]) -> dict[tuple[str, str], list[Entry]]:
    """By part of a background."""
    found = defaultdict(list)
    for entry in entries:
        found[entry.get("background", ""), entry.get("part", "")].append(entry)
    return found


def last_before(end: int, entries: list[Entry]) -> int | None:
    """The last of these moments that is not later."""
    return max((entry["at_ms"] for entry in entries if entry["at_ms"] <= end), default=None)


def to_draft(pack: Any) -> Iterator[tuple[int, int, str, tuple[str, ...]]]:
    """End, milliseconds, episode and whose hands it lay in; so below."""
    asked = pack.asked

    def here(entry: Entry) -> bool:
        return asked.episode in ("", entry.get("seq", "")) and (not asked.shots or bool(set(asked.shots) & set(entry.get("shots", []))))

    approved = moments([entry for entry in ordered(pack, "layout.approved") if here(entry)])
    for key, delivered in moments([entry for entry in ordered(pack, "draft.delivered") if here(entry)]).items():
        end, before = delivered[0]["at_ms"], last_before(delivered[0]["at_ms"], approved.get(key, []))
        if before:
            yield end, end - before, delivered[0].get("seq", ""), ()


def to_revision(pack: Any) -> Iterator[tuple[int, int, str, tuple[str, ...]]]:
    """From the last draft before it to each part's first revision by a person."""
    delivered = moments(ordered(pack, "draft.delivered"))
    submitted = [entry for entry in ordered(pack, "revision.submitted") if entry["actor"]["kind"] == "human"]
    for key, entries in moments(submitted).items():
        first = entries[0]
        before = last_before(first["at_ms"], delivered.get(key, []))
        if before:
            yield first["at_ms"], first["at_ms"] - before, first.get("seq", ""), (first["actor"].get("ref", ""),)


def to_approval(pack: Any) -> Iterator[tuple[int, int, str, tuple[str, ...]]]:
    """From each revision by a person to its first approval."""
    approved = defaultdict(list)
    for entry in ordered(pack, "revision.approved"):
        approved[entry.get("part", ""), *version(entry)].append(entry)
    for entry in ordered(pack, "revision.submitted"):
        first = next((each for each in approved[entry.get("part", ""), *version(entry)] if each["at_ms"] >= entry["at_ms"]), None)
        if first and entry["actor"]["kind"] == "human":
            by = first["decision"].get("decided_by") or first["decision"].get("set_by") or first["actor"].get("ref", "")
            yield first["at_ms"], first["at_ms"] - entry["at_ms"], first.get("seq", ""), (entry["actor"].get("ref", ""), by)
