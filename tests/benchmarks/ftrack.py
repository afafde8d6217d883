"""What ftrack costs: `python -m tests.benchmarks.ftrack`: a session's start, a query, hub to inbox, requests of one approval.

All against our own server on the same machine, through the vendor's client; figures in milliseconds.
"""

import json
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import ftrack_api
import sqlalchemy as sa

from integration.sandbox.ftrack import api
from tests.floor import Standing, approve
from tests.ftrack_floor import FtrackFloor
from tests.pretend_episode import Cut
from tests.running_haikei import running_haikei

TIMES = 60


def main() -> None:
    """Measure and print one line of JSON."""
    with (
        tempfile.TemporaryDirectory(prefix="haikei-ftrack-") as folder,
        running_haikei(Path(folder), cuts=30, tracker="ftrack", project={"ai_use": []}) as haikei,
    ):
        floor = haikei.floor
        assert isinstance(floor, FtrackFloor)
        told = {**_sessions(floor, Path(folder)), **_to_inbox(haikei, floor), **_requests(Path(folder) / "other")}
    print(json.dumps(told))


def _sessions(floor: FtrackFloor, folder: Path) -> dict[str, float]:
    """A session's start with its schema at hand and without, and a query of an approval."""
    options = {"api_key": floor.sandbox.api_key, "api_user": floor.sandbox.api_user, "plugin_paths": []}
    cold = [_ms(lambda: ftrack_api.Session(floor.url, schema_cache_path=False, **options).close()) for _ in range(TIMES)]
    warm = [_ms(lambda: ftrack_api.Session(floor.url, schema_cache_path=str(folder), **options).close()) for _ in range(TIMES)]
    with ftrack_api.Session(floor.url, schema_cache_path=str(folder), **options) as session:
        asked = f'select name, status.name, type.name, parent.name, project.name, assignments.resource from Task where id is "{floor.layout_task(Cut(1))}"'
        query = [_ms(lambda: session.query(asked).one()) for _ in range(TIMES)]
    return {
        "session_ms": statistics.median(cold),
        "session_with_schema_at_hand_ms": statistics.median(warm),
        "query_ms": statistics.median(query),
    }


def _to_inbox(haikei: Any, floor: FtrackFloor) -> dict[str, float]:
    """From the moment a commit is told at the hub to its event in haikei's inbox."""
    sent: list[float] = []
    publish = floor.sandbox._studio.publish

    def published(event: Any) -> None:
        sent.append(time.perf_counter())
        publish(event)

    floor.sandbox._studio.publish = published
    taken: list[float] = []
    for number in range(1, 31):
        before = _events(haikei)
        sent.clear()
        floor.set_task(floor.layout_task(Cut(number)), Standing.WORKING)
        while _events(haikei) == before:
            time.sleep(0.0005)
        taken.append((time.perf_counter() - sent[0]) * 1000)
        time.sleep(0.3)
    return {"hub_to_inbox_ms": statistics.median(taken), "hub_to_inbox_p95_ms": sorted(taken)[int(len(taken) * 0.95)]}


def _events(haikei: Any) -> int:
    with haikei.engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM haikei_inbox")).scalar_one())


def _requests(folder: Path) -> dict[str, int]:
    """Calls of the API from one approval to its delivered drafts, polling apart."""
    asked = {"all": 0, "writing": 0}
    lock, call = threading.Lock(), api.Api.call

    def counted(self: api.Api, batch: Any, actor: Any, **options: Any) -> list[Any]:
        with lock:
            if actor.username == "haikei":
                asked["all"] += 1
                asked["writing"] += any(each.get("action") != "query" for each in batch)
        return call(self, batch, actor, **options)

    with running_haikei(folder, cuts=1, tracker="ftrack", project={"drafts": 3}) as haikei:
        haikei.settings_file.write_text(
            haikei.settings_file.read_text().replace("poll_s = 0.1", "poll_s = 60").replace("sweep_s = 2", "sweep_s = 3600")
        )
        haikei.stop()
        haikei.start()
        time.sleep(3)
        api.Api.call = counted  # type: ignore[method-assign]
        approve(haikei.floor, Cut(1))
        haikei.wait_for("c001", "delivered")
        time.sleep(1)
        api.Api.call = call  # type: ignore[method-assign]
    return {"requests_of_an_approval_with_3_drafts": asked["all"], "of_them_writing": asked["writing"]}


def _ms(act: Any) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
