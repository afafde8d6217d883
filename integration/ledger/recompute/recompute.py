"""Works the numbers of haikei's reports out again, from an audit pack alone.

Unpack the pack, and in its folder:

    python3 recompute.py . disclosure --show SHOW [--episode E] [--shot S ...] [--first 2026-10] [--last 2026-11]

The report `labour` needs --until as well, and its hours a pack that was made with hours.

What is printed must equal `numbers` in the report's JSON, where the pack holds the whole show and the report was made of no more
entries. Needs Python 3.9 or newer and nothing else, and shares no code with haikei. Whether the entries are unchanged it does not
ask: check that first, see README.txt. What each field of an entry means stands in FORMAT.md in haikei's source.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import io
import json
import re
import sys
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
REPORTS = sorted(file.stem[len("recompute_") :] for file in HERE.glob("recompute_*.py"))
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def main() -> None:
    """Print the numbers of one report."""
    asked = arguments()
    sys.path.insert(0, str(HERE))
    report = importlib.import_module("recompute_" + asked.report)
    numbers = report.numbers(Pack(Path(asked.pack), asked))
    print(json.dumps(numbers, ensure_ascii=False, indent=1, sort_keys=True))


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Works the numbers of a report out again, from an audit pack alone.")
    parser.add_argument("pack", help="the pack: a zip, or the folder it was unpacked to")
    parser.add_argument("report", choices=REPORTS)
    parser.add_argument("--show", required=True)
    parser.add_argument("--episode", default="")
    parser.add_argument("--shot", dest="shots", action="append", default=[], help="may be given several times")
    parser.add_argument("--first", default="", help="first month, such as 2026-10")
    parser.add_argument("--last", default="", help="last month")
    parser.add_argument("--zone", default="Asia/Tokyo", help="the show's time zone")
    parser.add_argument("--day-start", default="05:00", help="when the studio's day begins")
    parser.add_argument("--until", default="", help="labour alone: the day under `until` in the report's numbers, such as 2026-11-01")
    asked = parser.parse_args()
    if asked.report == "labour" and not asked.until:
        parser.error("labour needs --until: the day under `until` in the report's numbers")
    asked.show, asked.episode = code(asked.show), code(asked.episode)
    asked.shots = [code(shot) for shot in asked.shots]
    return asked


def code(typed: str) -> str:
    """A code as entries have it."""
    return unicodedata.normalize("NFC", typed)


class Pack:
    """What a pack holds, and what is asked of it; an entry is the JSON it is kept as, with its place in the record as `index`."""

    def __init__(self, path: Path, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.entries: list[dict[str, Any]] = []
        tables: dict[str, list[dict[str, str]]] = {}
        for name, data in read_files(path):
            if name.endswith(".csv"):
                tables[name] = csv_rows(data)
            else:
                self.entries.append({**json.loads(data, object_pairs_hook=shared), "index": int(name[8:-5])})
        if not self.entries:
            sys.exit(f"{path} holds no entries: give an audit pack, or the folder it was unpacked to.")
        self.corrected = {entry["corrects"] for entry in self.entries if "corrects" in entry}
        self.naming = {row["ref"]: row["naming"] for row in tables.get("people.csv", [])}
        """How each person may be named: named, declined, erased."""
        self.has_hours = "hours.csv" in tables
        self.since = begins(asked.first, 0, asked) if asked.first else -1
        self.until = begins(asked.last, 1, asked) if asked.last else 2**63

    def within(self, kinds: Iterable[str] = ()) -> list[dict[str, Any]]:
        """Entries, of `kinds` if any are given, that are asked for by show, episode, cut and month; in order of time."""
        asked, found = self.asked, self.of_show(kinds)
        found = [entry for entry in found if not asked.episode or entry.get("seq", "") == asked.episode]
        found = [entry for entry in found if not asked.shots or set(asked.shots) & set(entry.get("shots", []))]
        found = [entry for entry in found if self.since <= entry["at_ms"] < self.until]
        return sorted(found, key=lambda entry: (entry["at_ms"], entry["index"]))

    def of_show(self, kinds: Iterable[str] = ()) -> list[dict[str, Any]]:
        """Entries of the whole show, in the order of the record."""
        wanted = set(kinds)
        return [entry for entry in self.entries if entry["show"] == self.asked.show and (not wanted or entry["kind"] in wanted)]


def read_files(path: Path) -> Iterator[tuple[str, bytes]]:
    """What of the pack is read here, by name, in order."""
    wanted = re.compile(r"entries/\d{12,19}\.json|people\.csv|hours\.csv")
    if path.is_dir():
        names = {file.relative_to(path).as_posix(): file for file in path.rglob("*")}
        yield from ((name, names[name].read_bytes()) for name in sorted(names) if wanted.fullmatch(name))
    else:
        with zipfile.ZipFile(path) as pack:
            yield from ((name, pack.read(name)) for name in sorted(pack.namelist()) if wanted.fullmatch(name))


def shared(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON whose texts are kept once for all entries: a million of them fit into memory."""
    return {sys.intern(key): sys.intern(value) if isinstance(value, str) else value for key, value in pairs}


def csv_rows(data: bytes) -> list[dict[str, str]]:
    """The lines of a CSV file, by column."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def begins(month: str, later: int, asked: argparse.Namespace) -> int:
    """The first millisecond, UTC, of the month that is `later` months after `month`, by the studio's clock."""
    year, number = map(int, month.split("-"))
    start, months = time.fromisoformat(asked.day_start), number - 1 + later
    moment = datetime(year + months // 12, months % 12 + 1, 1, start.hour, start.minute, tzinfo=ZoneInfo(asked.zone))
    return (moment.astimezone(timezone.utc) - EPOCH) // timedelta(milliseconds=1)


if __name__ == "__main__":
    main()
