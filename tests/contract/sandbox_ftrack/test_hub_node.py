"""ftrack's JavaScript client at the event hub, by npm's lock file: what web pages and Adobe's panels use."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ftrack_api.event.base import Event

from tests.contract.sandbox_ftrack.hub_server import KEY, running_hub, until

HERE = Path(__file__).parent
LAUNCH = {"topic": "ftrack.action.launch"}

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
        command = ["node", "check.mjs", server.url, "sakura", KEY]
        with subprocess.Popen(command, cwd=node, stdout=subprocess.PIPE, text=True) as process:
            until(lambda: server.hub.audience(LAUNCH) == 1)
            ours.hub.publish(Event("ftrack.action.launch", data={"actionIdentifier": "haikei.draft"}), on_reply=replies.append)
            until(lambda: replies)
            until(lambda: server.hub.audience({"topic": "ftrack.update"}) == 1)
            server.hub.publish({"topic": "ftrack.update", "data": {"number": 1}})
            assert process.stdout is not None
            lines = [json.loads(process.stdout.readline()) for _ in range(2)]
            server.faults.drop_sockets()
            until(lambda: server.hub.audience({"topic": "ftrack.update"}) == 1)
            server.hub.publish({"topic": "ftrack.update", "data": {"number": 2}})
            lines += [json.loads(line) for line in process.stdout]

    said = {line["what"]: line for line in lines}
    assert said["menu"]["data"] == items
    assert said["menu"]["source"]["user"] == {"username": "haikei", "id": "u-1"}
    assert [line["data"]["number"] for line in lines if line["what"] == "update"] == [1, 2]
    assert replies[0]["data"] == {"success": True, "message": "haikei.draft"}
    assert replies[0]["source"]["user"] == {"username": "sakura", "id": "u-2"}
