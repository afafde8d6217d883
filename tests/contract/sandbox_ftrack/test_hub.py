"""The pretend studio's event hub, heard and spoken to through ``ftrack_api``'s own."""

import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import ftrack_api.exception
import pytest
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub

from tests.contract.sandbox_ftrack.hub_server import KEY, HubServer, running_hub, until


@pytest.fixture
def server() -> Iterator[HubServer]:
    with running_hub() as running:
        yield running


def update(number: int = 0) -> dict[str, Any]:
    return {"topic": "ftrack.update", "data": {"number": number}, "source": {"id": "studio", "user": {"username": "mori", "id": "u-9"}}}


def test_a_wrong_key_gets_no_handshake(server: HubServer) -> None:
    with pytest.raises(ftrack_api.exception.EventHubConnectionError, match="403"):
        EventHub(server.url, "haikei", "wrong").connect()


def test_what_the_studio_publishes_reaches_who_subscribed_in_its_order(server: HubServer) -> None:
    heard: list[Any] = []
    server.subscribe(server.client(), "topic=ftrack.update", heard.append)
    others: list[Any] = []
    server.subscribe(server.client("sakura"), "topic=ftrack.else", others.append)

    for number in range(200):
        server.hub.publish(update(number))

    until(lambda: len(heard) == 200)
    assert [event["data"]["number"] for event in heard] == list(range(200))
    assert heard[0]["source"] == {"id": "studio", "user": {"username": "mori", "id": "u-9"}}
    assert others == []


def test_two_subscriptions_of_one_client_hear_an_event_once_each(server: HubServer) -> None:
    client, first, second = server.client(), [], []  # type: tuple[Any, list[Any], list[Any]]
    server.subscribe(client, "topic=ftrack.update", first.append)
    client.hub.subscribe("topic=ftrack.update and data.number=x or topic=ftrack.*", second.append)

    server.hub.publish(update(1))
    server.hub.publish(update(2))

    until(lambda: len(first) == 2)
    assert [event["data"]["number"] for event in first] == [1, 2]


def test_a_key_more_than_an_event_has_does_not_travel(server: HubServer) -> None:
    heard: list[Any] = []
    server.subscribe(server.client(), "topic=ftrack.update", heard.append)

    server.hub.publish({**update(), "extra": "the client would drop the event"})

    until(lambda: heard)


def test_an_event_comes_back_to_its_publisher_under_the_name_of_its_key(server: HubServer) -> None:
    client, heard = server.client("sakura"), []  # type: tuple[Any, list[Any]]
    server.subscribe(client, "topic=studio.pinned", heard.append)

    client.hub.publish(Event(topic="studio.pinned", data={"cut": "c012"}, source={"user": {"username": "mori", "id": "u-9"}}))

    until(lambda: heard)
    assert heard[0]["data"] == {"cut": "c012"}
    assert heard[0]["source"]["user"] == {"username": "sakura", "id": "u-2"}
    assert heard[0]["source"]["id"] == client.hub.id


def test_a_menu_is_asked_for_and_an_item_of_it_launched(server: HubServer) -> None:
    plugin, person = server.client(), server.client("sakura")
    items = {"items": [{"label": "背景の下描き", "actionIdentifier": "haikei.draft"}]}
    server.subscribe(plugin, "topic=ftrack.action.discover", lambda _event: items)
    done = {"success": True, "message": "頼みました"}
    server.subscribe(
        plugin,
        "topic=ftrack.action.launch and data.actionIdentifier=haikei.draft",
        lambda event: done | {"on": event["data"]["selection"][0]["entityId"]},
        topic="ftrack.action.launch",
        data={"actionIdentifier": "haikei.draft"},
    )
    selection = [{"entityType": "task", "entityId": "t-1"}]
    replies: list[Any] = []

    person.hub.publish(Event("ftrack.action.discover", data={"selection": selection}), on_reply=replies.append)
    until(lambda: len(replies) == 1)
    launch = Event("ftrack.action.launch", data={"actionIdentifier": "haikei.draft", "selection": selection})
    person.hub.publish(launch, on_reply=replies.append)
    until(lambda: len(replies) == 2)

    assert [reply["data"] for reply in replies] == [items, done | {"on": "t-1"}]
    assert replies[1]["in_reply_to_event"] == launch["id"]
    assert replies[1]["source"]["user"] == {"username": "haikei", "id": "u-1"}


def test_a_reply_reaches_only_who_asked(server: HubServer) -> None:
    plugin, person, neighbour = server.client(), server.client("sakura"), server.client("sakura")
    replies: list[Any] = []
    overheard: list[Any] = []
    server.subscribe(plugin, "topic=ftrack.action.discover", lambda _event: {"items": []})
    server.subscribe(neighbour, "topic=ftrack.*", overheard.append)

    person.hub.publish(Event("ftrack.action.discover"), on_reply=replies.append)

    until(lambda: replies)
    server.hub.publish({"topic": "ftrack.last"})
    until(lambda: overheard and overheard[-1]["topic"] == "ftrack.last")
    assert [event["topic"] for event in overheard] == ["ftrack.action.discover", "ftrack.last"]


def test_an_event_with_a_target_reaches_only_that_subscriber(server: HubServer) -> None:
    client, heard = server.client(), []  # type: tuple[Any, list[Any]]
    name = server.subscribe(client, "topic=studio.word", lambda event: heard.append(("one", event["data"])))
    client.hub.subscribe("topic=studio.word", lambda event: heard.append(("other", event["data"])))

    server.hub.publish({"topic": "studio.word", "data": 1, "target": "id=nobody"})
    server.hub.publish({"topic": "studio.word", "data": 2, "target": f"id={name}"})

    until(lambda: heard)
    assert heard == [("one", 2)]


def test_a_synchronous_event_stays_in_the_client(server: HubServer) -> None:
    client = server.client()
    client.hub.subscribe("topic=studio.local", lambda _event: "answered")

    assert client.hub.publish(Event("studio.local"), synchronous=True) == ["answered"]


def test_who_unsubscribed_hears_nothing_more(server: HubServer) -> None:
    client, heard = server.client(), []  # type: tuple[Any, list[Any]]
    name = server.subscribe(client, "topic=studio.word", heard.append)

    client.hub.unsubscribe(name)

    until(lambda: server.hub.audience({"topic": "studio.word"}) == 0)


def test_who_disconnected_is_forgotten(server: HubServer) -> None:
    client = server.client()
    server.subscribe(client, "topic=studio.word", print)

    client.leave()

    until(lambda: server.hub.audience({"topic": "studio.word"}) == 0)


def test_a_refused_subscription_is_told_to_the_client(server: HubServer, caplog: pytest.LogCaptureFixture) -> None:
    client = server.client()
    subscriber = client.hub._add_subscriber("topic=studio.word", print)
    subscriber.subscription._subscription = "topic == nonsense"

    with caplog.at_level(logging.WARNING, "ftrack_api"):
        client.hub._notify_server_about_subscriber(subscriber)
        until(lambda: "cannot be read" in caplog.text)


def test_a_plugin_that_raises_harms_nobody(server: HubServer) -> None:
    client, heard = server.client(), []  # type: tuple[Any, list[Any]]

    def foreign(event: Any) -> None:
        if event["data"]["number"] == 1:
            raise RuntimeError("a plugin of somebody else's")
        heard.append(event["data"]["number"])

    server.subscribe(client, "topic=ftrack.update", foreign)

    server.hub.publish(update(1))
    server.hub.publish(update(2))

    until(lambda: heard == [2])


def test_a_client_whose_line_went_dead_comes_back_with_its_subscriptions(server: HubServer) -> None:
    client, heard = server.client(), []  # type: tuple[Any, list[Any]]
    server.subscribe(client, "topic=ftrack.update", heard.append)

    server.faults.refuse_handshakes = 2
    server.faults.drop_sockets()
    server.hub.publish(update(1))
    until(lambda: server.hub.audience(update()) == 1)
    server.hub.publish(update(2))

    until(lambda: heard)
    assert [event["data"]["number"] for event in heard] == [2]
    assert server.faults.refuse_handshakes == 0


def test_a_goodbye_brings_the_client_back_and_a_close_frame_leaves_it_deaf(server: HubServer) -> None:
    client = server.client()
    server.subscribe(client, "topic=ftrack.update", print)

    server.faults.drop_sockets("goodbye")
    until(lambda: server.hub.audience(update()) == 1)
    listening = client.hub._processor_thread
    server.faults.drop_sockets("close")
    until(lambda: not listening.is_alive())
    time.sleep(0.3)

    assert not client.hub.connected
    assert server.hub.audience(update()) == 0
    client.hub._connection.shutdown()
    client.hub.reconnect()
    until(lambda: server.hub.audience(update()) == 1)


def test_a_dead_handshake_id_opens_nothing(server: HubServer) -> None:
    server.faults.expire_handshakes = 1

    with pytest.raises(ftrack_api.exception.EventHubConnectionError) as refusal:
        EventHub(server.url, "haikei", KEY).connect()

    assert "403" in str(refusal.value.details)
    server.client()


def test_events_come_late_doubled_or_not_at_all_when_asked_for(server: HubServer) -> None:
    heard: list[Any] = []
    server.subscribe(server.client(), "topic=ftrack.update", lambda event: heard.append((event["data"]["number"], event["id"])))
    server.faults.lose_events, server.faults.double_events = 1, 1

    for number in (1, 2, 3):
        server.hub.publish(update(number))
    until(lambda: len(heard) == 3)
    server.faults.delay_events_s = 0.4
    started = time.monotonic()
    server.hub.publish(update(4))
    server.faults.clear()
    server.hub.publish(update(5))
    until(lambda: len(heard) == 5)

    assert [number for number, _ in heard] == [2, 2, 3, 4, 5]
    assert heard[0] == heard[1]
    assert time.monotonic() - started >= 0.4


def test_many_threads_publish_and_each_ones_order_is_kept(server: HubServer) -> None:
    heard: list[Any] = []
    server.subscribe(server.client(), "topic=ftrack.update", lambda event: heard.append(event["data"]["number"]))
    threads = [
        threading.Thread(target=lambda first=first: list(map(server.hub.publish, map(update, range(first, first + 50)))))
        for first in (0, 1000, 2000)
    ]

    for thread in threads:
        thread.start()
    until(lambda: len(heard) == 150)

    assert all([number for number in heard if number // 1000 == each] == list(range(each * 1000, each * 1000 + 50)) for each in range(3))


def test_heartbeats_keep_a_quiet_client_connected() -> None:
    with running_hub(heartbeat_s=0.6) as server:
        client, heard = server.client(), []  # type: tuple[Any, list[Any]]
        server.subscribe(client, "topic=ftrack.update", heard.append)
        first = client.hub._connection

        time.sleep(1.5)
        server.hub.publish(update())

        until(lambda: heard)
        assert client.hub._connection is first


def test_a_closed_hub_lets_nobody_in(server: HubServer) -> None:
    server.hub.close()

    with pytest.raises(ftrack_api.exception.EventHubConnectionError, match="503"):
        EventHub(server.url, "haikei", KEY).connect()
    server.hub.publish(update())
