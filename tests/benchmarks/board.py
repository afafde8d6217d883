"""``python tests/benchmarks/board.py [CUTS] [ENTRIES]``: how fast board, cut and entry pages answer over a large show; prints JSON.

Each cut has its share of entries; the entries are written as their bytes are, the rows beside them are made as the services make them.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from integration.database import drafts, handed
from integration.ledger import heads, keys, tables
from integration.ledger.vocabulary import Kind
from integration.reports.facts import follow
from integration.workflow.rounds import DraftState
from tests.board_show import SITE, BoardShow
from tests.unit.web.conftest import Office, opened
from tests.unit.web.test_board import gate

CUTS, ENTRIES, ASKED = 10_000, 1_000_000, 100
STATES = (DraftState.QUEUED, DraftState.DELIVERED, DraftState.DELIVERED, DraftState.FAILED, DraftState.SUPERSEDED)


def main() -> None:
    """Print every figure as one JSON object."""
    cuts, entries = (int(sys.argv[place]) if len(sys.argv) > place else usual for place, usual in ((1, CUTS), (2, ENTRIES)))
    with tempfile.TemporaryDirectory(prefix="haikei-board-") as folder:
        for office in opened(Path(folder), gate=gate, requests_per_minute=100_000):
            print(json.dumps({"cores": os.cpu_count(), **figures(office, Path(folder), cuts, entries)}, indent=2))


def figures(office: Office, folder: Path, cuts: int, entries: int) -> dict[str, object]:
    """Seconds to begin with, milliseconds of each page at the 95th percentile, and memory."""
    write(office, folder, cuts, entries)
    began = time.monotonic()
    follow(office.studio.engine)
    followed_s = time.monotonic() - began
    began = time.monotonic()
    while cuts > 100 and asked(office.browser.address, "/?state=final", 1)["found"] < 10_000:
        time.sleep(0.5)
    read_s = time.monotonic() - began
    pages = {
        "board": "/",
        "board_page_60": "/?page=60",
        "board_of_an_episode": "/?episode=ep07",
        "board_of_a_state": "/?state=retake",
        "cut": f"/shot?show=%E6%B5%B7%E8%BE%BA%E3%81%AE%E7%94%BA&episode=ep{cuts // 200:02d}&cut=c{cuts // 2:05d}",
        "entry": f"/entries/{entries // 2}",
    }
    told = {name: asked(office.browser.address, path, ASKED)["p95_ms"] for name, path in pages.items()}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "cuts": cuts,
        "entries": entries,
        "facts_s": round(followed_s, 1),
        "board_read_s": round(read_s, 1),
        "p95_ms": told,
        "memory_mb": memory,
    }


def asked(address: str, path: str, times: int) -> dict[str, float]:
    """Milliseconds at the 95th percentile, as another process sees them, and the bytes of an answer."""
    program = f"import tests.benchmarks.board as board; board.ask({address!r}, {path!r}, {times})"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    found: dict[str, float] = json.loads(told)
    return found


def ask(address: str, path: str, times: int) -> None:
    """Ask one after another, and print the figures."""
    import urllib3

    pool, took = urllib3.PoolManager(), []
    for _ in range(times):
        began = time.monotonic()
        answer = pool.request("GET", f"{address}{path}", headers={"X-Test-Person": "coordinator"}, retries=False, timeout=120)
        took.append(1000 * (time.monotonic() - began))
        assert answer.status == 200, answer.status
    slowest = statistics.quantiles(took, n=20)[-1] if times > 1 else took[0]
    print(json.dumps({"p95_ms": round(slowest, 1), "found": len(answer.data)}))


def write(office: Office, folder: Path, cuts: int, entries: int) -> None:
    """The record of a show: every cut's entries made from those of one, with its rounds and a signed head."""
    with office.studio.engine.begin() as connection:
        show = BoardShow(connection, office.studio.storage)
        show.whole_story(1)
        story = [bytes(body) for body in connection.execute(sa.select(tables.entries.c.body).order_by(tables.entries.c.idx)).scalars()]
        person = {"person": connection.execute(sa.select(tables.people.c.tracker_person_id)).scalars().first(), "on_task": True}
        first = len(story)
    filler = [body for body in story if json.loads(body)["kind"] == Kind.DRAFT_RENDERED]
    each = story + filler * ((entries // cuts - len(story)) // len(filler))
    for at in range(1, cuts, 500):
        with office.studio.engine.begin() as connection:
            numbers = range(at + 1, min(at + 501, cuts + 1))
            rows = [row for number in numbers for row in _rows(number, each, first + (number - 2) * len(each))]
            connection.execute(sa.insert(tables.entries), rows)
            connection.execute(
                sa.insert(tables.entry_shots),
                [{"shot": f"c{(row['idx'] - first) // len(each) + 2:05d}", "idx": row["idx"]} for row in rows],
            )
            rounds = [_round(number) for number in numbers]
            connection.execute(sa.insert(drafts), rounds)
            connection.execute(sa.insert(handed), [{"draft": row["key"], **person} for row in rounds])
            connection.execute(sa.update(tables.head).values(size=rows[-1]["idx"] + 1))
    with office.studio.engine.begin() as connection:
        heads.sign_head(connection, keys.create(connection, folder / "keys", "studio.example/haikei"), datetime.now(UTC))


def _rows(number: int, story: list[bytes], first: int) -> Iterator[dict[str, Any]]:
    """Rows of one cut; every fifth has only its drafts."""
    kept = [body for body in story if number % 5 or b'"revision.' not in body]
    for place, body in enumerate(kept + story[: len(story) - len(kept)]):
        told = body.replace(b'"c001"', f'"c{number:05d}"'.encode()).replace(_BACKGROUND, f'"Shot:{number}"'.encode())
        yield {
            "idx": first + place,
            "key": f"{number}:{place}",
            "kind": json.loads(body)["kind"] if place < 30 else Kind.DRAFT_RENDERED.value,
            "show": "海辺の町",
            "background": f"Shot:{number}",
            "at_ms": 1795136400000,
            "recorded_ms": 1795136400000,
            "body": told.replace(b'"ep01"', f'"ep{number // 100:02d}"'.encode()),
        }


_BACKGROUND = '"Shot:海辺の町:1"'.encode()


def _round(number: int) -> dict[str, Any]:
    place = {"site": SITE, "background": f"Shot:{number}", "part": "BG", "layout_task": str(number), "code": f"c{number:05d}"}
    genzu = {"genzu_version": "1/1", "genzu_sha256": "0e" * 32, "because": "1", "reason": "", "review_task": "", "project": "70"}
    moments = dict.fromkeys(("approved_order", "approved_ms", "created_ms", "changed_ms", "attempt", "renders", "round"), 1)
    key = f"draft:{SITE}:Shot:{number}:BG:{'0e' * 32}:1"
    return {"key": key, **place, **genzu, **moments, "state": STATES[number % len(STATES)], "wanted": True, "render_started_ms": 0}


if __name__ == "__main__":
    main()
