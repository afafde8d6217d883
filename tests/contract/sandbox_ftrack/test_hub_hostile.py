"""What the event hub does with clients that are none of ftrack's: bad frames, huge ones, silence, slow reading, borrowed ids."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import websocket

from integration.sandbox.ftrack.hub_connection import MOST_SUBSCRIPTIONS
from integration.sandbox.ftrack.hub_frames import MAX_FRAME, FrameError
from tests.contract.sandbox_ftrack.hub_server import KEY, HubServer, running_hub, until

WHO = {"ftrack-user": "sakura", "ftrack-api-key": KEY}
NESTED = '5:7+::{"name":"ftrack.event","args":[{"topic":"x","data":' + "[" * 100_000 + "]" * 100_000 + "}]}"


@pytest.fixture
def server() -> Iterator[HubServer]:
    with running_hub() as running:
        yield running


@pytest.fixture(scope="module")
def shared() -> Iterator[HubServer]:
    """A hub for clients that are nobody's business but their own."""
    with running_hub() as running:
        yield running


def handshake(server: HubServer) -> str:
    return requests.get(f"{server.url}/socket.io/1/", headers=WHO, timeout=5).text.split(":")[0]


def open_socket(server: HubServer, sid: str, **options: Any) -> Any:
    address = server.url.replace("http", "ws") + f"/socket.io/1/websocket/{sid}"
    return websocket.create_connection(address, timeout=5, **options)


@contextlib.contextmanager
def raw(server: HubServer, **options: Any) -> Iterator[Any]:
    """A socket that was greeted."""
    line = open_socket(server, handshake(server), **options)
    try:
        assert line.recv() == "1::"
        yield line
    finally:
        line.shutdown()


def frame(event: Any, number: str = "7+") -> str:
    return f"5:{number}::" + json.dumps({"name": "ftrack.event", "args": [event]})


def subscription(name: str, text: str = "topic=x", **more: Any) -> dict[str, Any]:
    return {"topic": "ftrack.meta.subscribe", "data": {"subscriber": {"id": name, **more}, "subscription": text}}


def answer(line: Any, sent: str) -> dict[str, Any]:
    line.send(sent)
    number, _, data = line.recv().removeprefix("6:::").partition("+")
    assert number == "7"
    told: dict[str, Any] = json.loads(data)[0]
    return told


def test_an_id_opens_one_socket(server: HubServer) -> None:
    sid = handshake(server)
    first = open_socket(server, sid)

    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        open_socket(server, sid)
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        open_socket(server, "0" * 40)

    first.shutdown()


def test_an_id_is_good_for_seconds_only() -> None:
    with running_hub(handshake_s=0.05) as server:
        sid = handshake(server)
        time.sleep(0.1)

        with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
            open_socket(server, sid)


def test_the_handshake_says_how_to_go_on_and_takes_the_key_from_the_address_too(server: HubServer) -> None:
    asked = requests.get(f"{server.url}/socket.io/1/", params={"api_user": "sakura", "api_key": KEY}, timeout=5)
    refused = requests.get(f"{server.url}/socket.io/1/", params={"api_user": "mori", "api_key": KEY}, timeout=5)

    sid, *rest = asked.text.split(":")
    assert len(sid) == 40
    assert rest == ["60", "60", "websocket"]
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "bad",
    ["", ":", "9:::", "x", "5", "5:x::{}", "-1::", "5:99999999999999999999+::{}", "\0", "6:::7+[{}]", "4:::{", "8::", "²::"],
)
def test_a_frame_that_is_none_is_passed_over(shared: HubServer, bad: str) -> None:
    with raw(shared) as line:
        line.send(bad)
        line.send_binary(b"\xff\x00")

        assert answer(line, frame(subscription("a"))) == {"success": True}


@pytest.mark.parametrize(
    "sent",
    [
        "5:7+::nonsense",
        "5:7+::",
        "5:7+:",
        "5:7+" + ":" * 9999,
        '5:7+::{"name":"else","args":[{"topic":"x"}]}',
        '5:7+::{"name":"ftrack.event","args":[{"topic":"x"},{"topic":"y"}]}',
        '5:7+::{"name":"ftrack.event","args":[{"topic":"x","data":NaN}]}',
        '5:7+::{"name":"ftrack.event","args":[{"topic":"x","data":1e999}]}',
        NESTED,
        frame({"topic": ""}),
        frame({"topic": ["x"]}),
        frame({"topic": "x", "id": 5}),
        frame({"topic": "x", "source": "me"}),
        frame({"topic": "x", "target": {"id": "y"}}),
        frame({"topic": "x", "target": "id=="}),
        frame({"topic": "x", "target": "(" * 4000}),
        frame({"topic": "x", "inReplyToEvent": []}),
        frame({"topic": "ftrack.meta.disconnected"}),
        frame({"topic": "ftrack.meta.subscribe"}),
        frame({"topic": "ftrack.meta.subscribe", "data": {"subscriber": "a", "subscription": "topic=x"}}),
        frame({"topic": "ftrack.meta.unsubscribe", "data": {"subscriber": {"id": "nobody"}}}),
        frame(subscription("listening")),
        frame(subscription("b", "")),
        frame(subscription("b", "not " * 500 + "topic=x")),
        frame(subscription("b", "topic=" + "x" * 5000)),
        frame(subscription("b", notes="x" * 9000)),
        frame({"topic": "x", "data": "x" * MAX_FRAME}),
    ],
)
def test_an_event_that_cannot_be_passed_on_is_refused_in_words(shared: HubServer, sent: str) -> None:
    with raw(shared) as line:
        assert answer(line, frame(subscription("listening")))["success"]

        told = answer(line, sent)

        assert told["success"] is False
        assert len(told["message"]) > 10
        assert answer(line, frame(subscription("still here")))["success"]


def test_an_event_without_a_number_is_not_answered_and_one_without_plus_in_short(server: HubServer) -> None:
    with raw(server) as line:
        line.send(frame({"topic": "y"}, ""))
        line.send(frame({"topic": "y"}, "41"))

        assert line.recv() == "6:::41"


def test_an_event_gets_what_it_lacks_and_loses_what_it_must_not_have(server: HubServer) -> None:
    with raw(server) as line:
        assert answer(line, frame(subscription("a")))["success"]

        line.send(frame({"topic": "x", "in_reply_to_event": "y", "extra": 1, "source": {"user": {"username": "boss"}, "host": "pc7"}}, ""))

        code, event = line.recv().split(":::", 1)
        event = json.loads(event)["args"][0]
    assert code == "5"
    assert set(event) == {"id", "topic", "data", "sent", "source", "target", "inReplyToEvent"}
    assert event["source"].pop("id")
    assert event["source"] == {"user": {"username": "sakura", "id": "u-2"}, "host": "pc7"}


def test_subscriptions_are_bounded(server: HubServer) -> None:
    with raw(server) as line:
        for number in range(MOST_SUBSCRIPTIONS):
            assert answer(line, frame(subscription(str(number))))["success"]

        assert not answer(line, frame(subscription("one more")))["success"]


def test_an_event_of_the_studio_that_is_too_large_reaches_nobody_and_harms_nobody(server: HubServer) -> None:
    with raw(server) as line:
        assert answer(line, frame(subscription("a")))["success"]

        server.hub.publish({"topic": "x", "data": "x" * MAX_FRAME})
        server.hub.publish({"topic": "x", "data": "small"})

        assert '"small"' in line.recv()


def test_a_slow_reader_is_cut_off_and_the_others_hear_everything(server: HubServer) -> None:
    heard: list[Any] = []
    server.subscribe(server.client(), "topic=x", lambda event: heard.append(len(event["data"])))
    with raw(server, sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),)) as line:
        assert answer(line, frame(subscription("slow")))["success"]
        assert server.hub.audience({"topic": "x"}) == 2

        published: list[int] = []
        while server.hub.audience({"topic": "x"}) == 2 and len(published) < 60:
            server.hub.publish({"topic": "x", "data": "x" * 900_000})
            published.append(900_000)
            until(lambda: len(heard) == len(published))

        assert heard == published
        assert 15 < len(published) < 60
        assert server.hub.audience({"topic": "x"}) == 1


def test_a_silent_client_is_cut_off() -> None:
    with running_hub(heartbeat_s=0.3) as server, raw(server) as line:
        assert answer(line, frame(subscription("a")))["success"]

        with pytest.raises(websocket.WebSocketConnectionClosedException):
            list(iter(line.recv, "5:::"))

        until(lambda: server.hub.audience({"topic": "x"}) == 0)


def test_a_client_that_says_goodbye_is_let_go(server: HubServer) -> None:
    with raw(server) as line:
        assert answer(line, frame(subscription("a")))["success"]

        line.send("0::")

        until(lambda: server.hub.audience({"topic": "x"}) == 0)


def test_what_is_no_event_has_no_audience(server: HubServer) -> None:
    with pytest.raises(FrameError, match="no event"):
        server.hub.audience({"data": {}})
