"""Hostile and broken requests, and who may call."""

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
import shotgun_api3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shotgun_api3 import AuthenticationFault, Fault

from integration.sandbox.server import RunningSandbox
from tests.contract.sandbox.conftest import PASSWORD


def raw(sandbox: RunningSandbox, request: bytes) -> bytes:
    """What comes back for these bytes."""
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except ConnectionError:
            pass
        return answer


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    lines = {
        "Host": "127.0.0.1",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return head.encode() + b"\r\n" + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def call(sandbox: RunningSandbox, method: str, params: Any) -> dict[str, Any]:
    body = json.dumps({"method_name": method, "params": params}).encode()
    head, _, told = raw(sandbox, request("POST", "/api3/json", body)).partition(b"\r\n\r\n")
    assert status(head) == 200, head
    return dict(json.loads(told))


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"[]", b"null", b'{"method_name": 5}', b'{"method_name": "read", "params": {}}', b"\xff\xfe", b"[" * 100_000, b'{"method_name":"read","params":[NaN]}', b"1" * 5000],
    ids=range(10),
)  # fmt: skip
def test_a_body_that_is_no_call_is_400(shared: RunningSandbox, body: bytes) -> None:
    assert status(raw(shared, request("POST", "/api3/json", body))) == 400


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (request("POST", "/api3/json", Content_Length="-1"), 411),
        (request("POST", "/api3/json", Content_Length="99999999999999999999"), 413),
        (request("POST", "/api3/json", Content_Length="40000000"), 413),
        (request("POST", "/api3/json", b"5\r\nhello\r\n0\r\n\r\n", Transfer_Encoding="chunked"), 411),
        (request("POST", "/api3/json", b"{}", Host="evil.example"), 421),
        (request("POST", "/upload/api_link_file", b"--x", Content_Type="multipart/form-data; boundary=x"), 400),
        (request("POST", "/upload/api_link_file", b"a=%ff&b=1"), 200),
        (request("POST", "/upload/nothing", b"a=1"), 200),
        (request("PUT", "/storage/x?part=1&token=y", b"abc"), 403),
        (request("PUT", "/storage/../../etc/passwd?part=1&token=y", b"abc"), 403),
        (request("PUT", "/elsewhere", b"abc"), 404),
        (request("GET", "/file_serve/attachment/../../studio.sqlite"), 404),
        (request("GET", "/..%2f..%2fapi_key"), 404),
        (request("GET", "/thumbnail/1"), 403),
        (request("GET", "/nothing"), 404),
        (request("DELETE", "/"), 501),
        (b"nonsense\r\n\r\n", 400),
    ],
    ids=range(17),
)
def test_a_request_that_makes_no_sense_is_refused(shared: RunningSandbox, reader: Any, sent: bytes, expected: int) -> None:
    answer = raw(shared, sent)

    assert (status(answer) if answer.startswith(b"HTTP") else expected) == expected
    assert b"Traceback" not in answer
    assert reader.find_one("Task", [["id", "is", 201]]) is not None


def test_half_a_body_stores_nothing(shared: RunningSandbox, reader: Any) -> None:
    body = json.dumps({"method_name": "create", "params": []}).encode()

    assert raw(shared, request("POST", "/api3/json", body[:-5], Content_Length=str(len(body)))) == b""
    assert reader.find_one("Task", [["id", "is", 201]]) is not None


def test_wrong_keys_and_passwords_are_authentication_faults(shared: RunningSandbox) -> None:
    clients = [
        {"script_name": "haikei", "api_key": "wrong"},
        {"script_name": "nobody", "api_key": shared.api_key},
        {"login": "sakura", "password": "wrong"},
        {"login": "mori", "password": PASSWORD},
        {"session_token": "0" * 32},
    ]
    for how in clients:
        client = shotgun_api3.Shotgun(shared.url, **how)
        with pytest.raises(AuthenticationFault):
            client.find_one("Task", [])
        client.close()


def test_a_session_goes_on_as_whoever_opened_it(sandbox: RunningSandbox, person: Any, sg: Any) -> None:
    client = shotgun_api3.Shotgun(sandbox.url, session_token=person.get_session_token())
    client.update("Task", 201, {"sg_status_list": "apr"})
    client.close()

    assert sg.find_one("Task", [["id", "is", 201]], ["updated_by"])["updated_by"]["id"] == 41
    assert sg.authenticate_human_user("sakura", PASSWORD)["login"] == "sakura"
    with pytest.raises(AuthenticationFault):
        sg.authenticate_human_user("sakura", "wrong")


def test_people_may_not_act_as_others(shared: RunningSandbox) -> None:
    client = shotgun_api3.Shotgun(shared.url, login="sakura", password=PASSWORD, sudo_as_login="mori")
    with pytest.raises(Fault, match="does not have permission to 'sudo'"):
        client.find_one("Task", [])
    client.close()


def test_a_method_that_is_not_there_is_a_fault(shared: RunningSandbox) -> None:
    auth = {"script_name": "haikei", "script_key": shared.api_key}

    assert call(shared, "nothing", [auth])["error_code"] == 104
    assert call(shared, "read", [])["error_code"] == 102
    assert call(shared, "read", [5])["error_code"] == 102
    assert call(shared, "read", [auth, [1]])["error_code"] == 104
    assert call(shared, "batch", [auth, {"a": 1}])["error_code"] == 104
    assert "results" not in call(shared, "info", [])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_NAMES = ["type", "id", "fields", "filters", "sorts", "paging", "return_fields", "properties", "field_name", "summaries", "grouping", "user",
          "entity", "note_id", "text", "entity_types", "data_type", "project", "start_date", "end_date", "date", "working", "users", "limit"]  # fmt: skip
_ASKED = st.dictionaries(
    st.sampled_from(_NAMES), _JSON | st.sampled_from(["Task", "Shot", 201, [{"field_name": "content", "value": {}}]]), max_size=5
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_asked_the_answer_is_a_result_or_a_fault(sandbox: RunningSandbox, data: st.DataObject) -> None:
    from integration.sandbox.shotgrid.api import METHODS

    method = data.draw(st.sampled_from(sorted(METHODS)))
    asked = data.draw(st.lists(_ASKED, max_size=2) if method == "batch" else _ASKED)

    told = call(sandbox, method, [{"script_name": "haikei", "script_key": sandbox.api_key}, asked])

    assert "results" in told or told["error_code"] == 104
    assert "unexpected error" not in told.get("message", ""), told
