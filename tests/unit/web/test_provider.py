"""What an identity provider says of itself is read with care, and a provider that fails holds nobody up."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from joserfc.jwk import RSAKey

from integration.web.oidc import Begun, Provider
from integration.web.oidc_provider import SignInError, discovered
from integration.web_settings import OidcSettings

Answer = tuple[int, dict[str, str], bytes]


class Server:
    """Answers paths as a test says, and keeps what it was asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.answers: dict[str, Callable[[], Answer]] = {}
        self.told: dict[str, Any] = {"issuer": address, "authorization_endpoint": f"{address}/auth"}
        self.told |= {"token_endpoint": f"{address}/token", "jwks_uri": f"{address}/keys"}
        self.answers["/.well-known/openid-configuration"] = lambda: as_json(self.told)
        self.answers["/keys"] = lambda: as_json({"keys": [KEY.as_dict(private=False)]})

    def provider(self, **settings: Any) -> Provider:
        oidc = OidcSettings(issuer=self.address, client_id="haikei", **settings)
        return Provider(oidc, redirect_uri="http://127.0.0.1:1/sign-in/callback")

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]


KEY = RSAKey.generate_key(2048, {"kid": "1"})
BEGUN = Begun(state="s", nonce="n", verifier="v" * 64)


def as_json(told: Any) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()


def elsewhere() -> Answer:
    return 302, {"Location": "/other"}, b""


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@contextmanager
def serving() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            served.asked.append((self.path, {name.casefold(): value for name, value in self.headers.items()}, body))
            status, headers, data = served.answers.get(self.path, lambda: (404, {}, b""))()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET  # noqa: N815 - the name http.server looks for

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Server(f"http://127.0.0.1:{http.server_address[1]}")
    thread = Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield served
    http.shutdown()
    http.server_close()
    thread.join()


def test_a_provider_is_known_by_what_it_says(server: Server) -> None:
    known = discovered(server.address)

    assert (known.issuer, known.token_endpoint, known.secret_sent_by) == (server.address, f"{server.address}/token", "client_secret_basic")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"issuer": "https://login.studio.example"}, "calls itself something else"),
        ({"issuer": None}, "calls itself something else"),
        ({"token_endpoint": "http://login.studio.example/token"}, "token_endpoint is not https"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint is not https"),
        ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri is not https"),
        ({"jwks_uri": None}, "jwks_uri is not https"),
    ],
    ids=str,
)
def test_a_provider_with_another_name_or_open_addresses_is_refused(server: Server, changed: dict[str, Any], said: str) -> None:
    server.told |= changed

    with pytest.raises(SignInError, match=said):
        discovered(server.address)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b""),
        (404, {}, b"{}"),
        (200, {}, b"<html>"),
        (200, {}, b"[]"),
        (200, {}, b'"' + b"x" * 2_000_000 + b'"'),
        (302, {"Location": "/other"}, b""),
        (200, {}, b'{"keys": [{"kty": "nothing"}]}'),
        (200, {}, b'{"keys": 3}'),
    ],
    ids=["broken", "absent", "no JSON", "a list", "too much", "sent elsewhere", "an unknown key", "no keys"],
)
def test_what_is_no_provider_s_answer_is_told_plainly(server: Server, path: str, answer: Answer) -> None:
    server.answers[path] = lambda: answer

    with pytest.raises(SignInError) as told:
        discovered(server.address)

    assert told.value.hint
    assert "/other" not in server.paths()


def test_a_provider_that_fails_is_left_alone_for_a_while(server: Server) -> None:
    server.answers["/.well-known/openid-configuration"] = lambda: (500, {}, b"")
    provider = server.provider()

    for _ in range(20):
        with pytest.raises(SignInError):
            provider.begin()

    assert len(server.asked) == 1


def test_a_provider_that_answers_nothing_is_told_in_seconds() -> None:
    provider = Provider(OidcSettings(issuer="http://127.0.0.1:9", client_id="x"), redirect_uri="http://127.0.0.1:1/callback")
    began_s = time.monotonic()

    with pytest.raises(SignInError, match="does not answer"):
        provider.begin()

    assert time.monotonic() - began_s < 10


def test_what_is_asked_is_bound_to_this_browser_by_state_nonce_and_challenge(server: Server) -> None:
    address, begun = server.provider().begin()
    other, _ = server.provider().begin()

    asked = {name: values[0] for name, values in parse_qs(address.partition("?")[2]).items()}
    assert (asked["state"], asked["nonce"], asked["code_challenge_method"]) == (begun.state, begun.nonce, "S256")
    assert (asked["response_type"], asked["scope"]) == ("code", "openid profile email")
    assert begun.verifier not in address and len({begun.state, begun.nonce, begun.verifier}) == 3
    assert begun.state not in other


def test_a_code_and_the_secret_are_sent_nowhere_else(server: Server) -> None:
    server.answers["/token"] = lambda: (307, {"Location": "/other"}, b"")

    with pytest.raises(SignInError):
        server.provider(client_secret="hush").finish({"state": "s", "code": "c"}, BEGUN)

    assert "/token" in server.paths() and "/other" not in server.paths()


@pytest.mark.parametrize(
    ("ways", "is_in_header"), [(None, True), (["client_secret_post", "client_secret_basic"], True), (["client_secret_post"], False)]
)
def test_the_secret_is_sent_as_the_provider_wants_it(server: Server, ways: list[str] | None, is_in_header: bool) -> None:
    server.told |= {"token_endpoint_auth_methods_supported": ways}

    with pytest.raises(SignInError):
        server.provider(client_secret="hush").finish({"state": "s", "code": "c"}, BEGUN)

    (_, headers, body) = server.asked[-1]
    assert ("authorization" in headers, "hush" in body) == (is_in_header, not is_in_header)
    assert parse_qs(body)["code_verifier"] == [BEGUN.verifier]


@pytest.mark.parametrize(
    "answer",
    [
        {"state": "other", "code": "c"},
        {"code": "c"},
        {"state": "s"},
        {"state": "s", "code": ""},
        {"state": "s", "error": "access_denied", "code": "c"},
        {"state": "s", "code": "c", "iss": "https://another.example"},
        {"state": "é", "code": "c"},
    ],
    ids=str,
)
def test_an_answer_that_is_not_ours_asks_the_provider_nothing(server: Server, answer: dict[str, str]) -> None:
    provider = server.provider()

    with pytest.raises(SignInError):
        provider.finish(answer, BEGUN)

    assert "/token" not in server.paths()


@pytest.mark.parametrize(
    "told", [{}, {"id_token": None}, {"id_token": "a.b.c"}, {"id_token": 3}, [], "x", {"error": "invalid_grant"}], ids=str
)
def test_what_is_no_token_lets_nobody_in(server: Server, told: Any) -> None:
    server.answers["/token"] = lambda: as_json(told)

    with pytest.raises(SignInError):
        server.provider().finish({"state": "s", "code": "c"}, BEGUN)
