"""ftrack's JavaScript client at the event hub, by npm's lock file: what web pages and Adobe's panels use."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from ftrack_api.event.base import Event

from tests.contract.sandbox_ftrack.hub_server import KEY, running_hub, until

HERE = Path(__file__).parent
LAUNCH = {"topic": "ftrack.action.launch"}
UPDATE: dict[str, Any] = {"topic": "ftrack.update"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("npm") is None and "CI" not in os.environ, reason="npm is not installed"),
]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the client is installed."""
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json", "check.mjs"):
        shutil.copy(HERE / name, folder / name)
    subprocess.run(
        ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=300,
    )
    return folder


def test_the_javascript_client_asks_answers_hears_and_comes_back(node: Path) -> None:
    items = {"items": [{"label": "背景の下描き", "actionIdentifier": "haikei.draft"}]}
    replies: list[Any] = []
    with running_hub() as server:
        ours = server.client()
        server.subscribe(ours, "topic=ftrack.action.discover", lambda _event: items)
        with running_check(node, server.url) as said:
            until(lambda: server.hub.audience(LAUNCH) == 1)
            ours.hub.publish(Event("ftrack.action.launch", data={"actionIdentifier": "haikei.draft"}), on_reply=replies.append)
            until(lambda: replies)
            until(lambda: server.hub.audience(UPDATE) == 1)
            server.hub.publish(UPDATE | {"data": {"number": 1}})
            lines = [json.loads(said.readline()) for _ in range(2)]
            server.faults.drop_sockets()
            until(lambda: server.hub.audience(UPDATE) == 1)
            server.hub.publish(UPDATE | {"data": {"number": 2}})
            lines += [json.loads(line) for line in said]

    menu = next(line for line in lines if line["what"] == "menu")
    assert menu["data"] == items
    assert menu["source"]["user"] == {"username": "haikei", "id": "u-1"}
    assert [line["data"]["number"] for line in lines if line["what"] == "update"] == [1, 2]
    assert replies[0]["data"] == {"success": True, "message": "haikei.draft"}
    assert replies[0]["source"]["user"] == {"username": "sakura", "id": "u-2"}


@contextlib.contextmanager
def running_check(node: Path, url: str) -> Iterator[IO[str]]:
    """What the JavaScript client says, while it runs."""
    with subprocess.Popen(["node", "check.mjs", url, "sakura", KEY], cwd=node, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout
        finally:
            process.kill()
