"""The pages take in little, hand out nothing that is kept, and stop when they are told to."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import urllib3

from integration.errors import SettingsError
from integration.reports.facts import follow
from integration.web.links import make_link
from integration.web.pace import Pace
from integration.web.rights import WebRole
from integration.web.server import served_pages
from integration.web.sessions import SignedIn
from integration.workflow.evidence import evidence_url
from tests.menu_item import FORM, text_of, tokens
from tests.unit.web.conftest import ARTIST, Office, opened

MENU = "/menu/shotgrid/outcome"


def ask(office: Office, method: str, path: str, *, body: bytes = b"", headers: dict[str, str] | None = None) -> urllib3.BaseHTTPResponse:
    return urllib3.request(method, f"{office.browser.address}{path}", body=body, headers=headers or {}, retries=False, timeout=30)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", MENU, 405),
        ("GET", "/outcome", 405),
        ("GET", "/nothing", 404),
        ("PUT", MENU, 405),
        ("POST", "/menu/ftrack/outcome", 404),
        ("POST", MENU, 415),
    ],
)
def test_every_answer_may_hold_no_script_and_is_kept_by_nobody(office: Office, method: str, path: str, status: int) -> None:
    answer = ask(office, method, path)

    assert answer.status == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "script" not in policy and "unsafe" not in policy
    assert "server" not in {name.lower() for name in answer.headers}
    assert "<script" not in text_of(answer)


def test_too_large_a_body_is_not_read(office: Office) -> None:
    whole = ask(office, "POST", MENU, body=b"a=" + b"x" * 200_000, headers=FORM)

    assert whole.status == 413


def test_a_body_without_a_length_is_bounded_too(office: Office) -> None:
    parts = urlsplit(office.browser.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)

    connection.request("POST", MENU, body=iter([b"a=" + b"x" * 65_536] * 3), headers=FORM, encode_chunked=True)

    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_only_a_form_is_read(office: Office, kind: str) -> None:
    assert ask(office, "POST", MENU, body=b"a=1", headers={"Content-Type": kind}).status == 415


def test_another_host_s_name_is_not_answered(office: Office) -> None:
    answer = ask(office, "POST", MENU, body=b"a=1", headers={**FORM, "Host": "rebound.example"})

    assert answer.status == 400
    assert "rebound" not in text_of(answer)


def test_a_button_of_another_site_s_page_does_nothing(office: Office) -> None:
    there = office.deliver(17)
    page = office.browser.choose(office.form(ARTIST, there.versions[0]))

    button = {"token": tokens(page)[0], "outcome": "used"}

    strange = [office.browser.post("/outcome", button, **{"Sec-Fetch-Site": site}).status for site in ("cross-site", "same-site", "none")]
    before = office.outcomes(there.cut)
    own = office.browser.post("/outcome", button, **{"Sec-Fetch-Site": "same-origin"}).status

    assert strange == [403, 403, 403] and before == []
    assert own == 200


def test_who_asks_too_often_is_told_to_wait(tmp_path: Path) -> None:
    with one_office(tmp_path, requests_per_minute=3) as office:
        answers = [ask(office, "GET", "/nothing") for _ in range(4)]

    assert [answer.status for answer in answers] == [404, 404, 404, 429]
    assert answers[-1].headers["Retry-After"] == "60"


def test_a_pace_forgets_after_a_minute_and_holds_few_addresses() -> None:
    pace = Pace(per_minute=1)

    assert [pace.allows("a", now_s=at) for at in (100.0, 159.9, 160.1)] == [True, False, True]
    assert all(pace.allows(f"10.0.{n}", now_s=161.0) for n in range(10_000))


def test_a_port_that_is_taken_is_told_in_words(office: Office) -> None:
    with pytest.raises(SettingsError, match="cannot be served"), served_pages(office.studio):
        pytest.fail("two servers share a port")


def test_the_pages_stop_and_leave_the_port_free(tmp_path: Path) -> None:
    with one_office(tmp_path) as office:
        parts = urlsplit(office.browser.address)

    with socket.create_server((parts.hostname or "", parts.port or 0)):
        pass


def test_behind_a_path_the_buttons_lead_there(tmp_path: Path) -> None:
    with one_office(tmp_path, public_url="https://pages.studio.example/haikei/") as office:
        there = office.deliver(1)
        page = ask_as(office, "pages.studio.example", office.form(ARTIST, there.versions[0]))

    assert page.status == 200
    assert 'action="/haikei/outcome"' in text_of(page)


def ask_as(office: Office, host: str, form: dict[str, str]) -> urllib3.BaseHTTPResponse:
    return office.browser.post(MENU, form, Host=host)


@contextmanager
def one_office(folder: Path, **web: Any) -> Iterator[Office]:
    """An office for one test."""
    yield from opened(folder, **web)


@contextmanager
def public_office(folder: Path) -> Iterator[Office]:
    yield from opened(folder, public_url="http://haikei.studio.example")


def test_a_link_from_the_tracker_leads_to_its_cut_once_somebody_signed_in(tmp_path: Path) -> None:
    with public_office(tmp_path) as office:
        delivered = office.deliver(7)
        background = f"Shot:{delivered.cut.shot}"
        link = evidence_url(office.studio.settings, background)
        office.browser.press(office.browser.choose(office.form(ARTIST, *delivered.versions)), "used")
        follow(office.studio.engine)
        cookie = sign_in(office, WebRole.COORDINATOR)

        asked = ask(office, "GET", urlsplit(link).path)
        shown = ask(office, "GET", urlsplit(link).path, headers=cookie)
        forged = ask(office, "GET", urlsplit(link).path[:-2] + "AA", headers=cookie)
        guessed = ask(office, "GET", f"/record/{background}", headers=cookie)

        assert link.startswith("http://haikei.studio.example/record/")
        assert (asked.status, asked.headers["Location"]) == (303, "/sign-in")
        assert (shown.status, parse_qs(urlsplit(shown.headers["Location"]).query)["cut"]) == (303, [delivered.cut.code])
        assert (forged.status, guessed.status) == (404, 404)
        assert delivered.cut.code not in text_of(forged) + text_of(guessed)


def sign_in(office: Office, *roles: WebRole) -> dict[str, str]:
    """The header of a browser that came in by a code."""
    now = datetime.now(UTC)
    later, who = now + timedelta(hours=1), SignedIn(name="制作 進", person="", roles=frozenset(roles))
    with office.studio.engine.begin() as connection:
        code = make_link(connection, who, now=now, open_until=later, session_until=later)
    answer = ask(office, "POST", "/sign-in/code", body=urlencode({"code": code}).encode(), headers=FORM)
    return {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}
