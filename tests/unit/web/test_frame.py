"""The frame around pages: files that stay what their address says, choices kept in cookies, nobody sent elsewhere."""

import hashlib
import http.client
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import urllib3

from integration.web import static_files
from integration.web.pages import POLICY
from integration.web.static_files import StaticFiles
from tests.unit.web.conftest import Office


def ask(office: Office, path: str, method: str = "GET", body: str = "", **headers: str) -> urllib3.BaseHTTPResponse:
    told = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
    url = f"{office.browser.address}{path}"
    return urllib3.request(method, url, body=body, headers={**told, **headers}, retries=False, redirect=False, timeout=30)


def test_a_file_is_kept_for_ever_under_the_address_of_its_content(office: Office) -> None:
    for name, address in StaticFiles(path="").addresses.items():
        answer = ask(office, address)

        assert answer.status == 200, name
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()}"'
        assert ask(office, address, **{"If-None-Match": answer.headers["ETag"]}).status == 304


@pytest.mark.parametrize(
    "name", ["../app.py", "..%2f..%2fapp.py", "%2e%2e/app.py", "vendor/LICENSE.htmx", "", "haikei.css/../haikei.css", "/etc/passwd", "a\\b"]
)
def test_no_other_file_is_served(office: Office, name: str) -> None:
    digest = StaticFiles(path="").addresses["haikei.css"].split("/")[2]

    parts = urlsplit(office.browser.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request("GET", f"/static/{digest}/{name}")  # urllib3 would tidy the path up

    assert connection.getresponse().status == 404
    connection.close()


def test_a_file_under_another_digest_is_not_there(office: Office) -> None:
    assert ask(office, "/static/0000000000000000/haikei.css").status == 404


def test_the_vendored_files_are_those_that_were_taken() -> None:
    folder = Path(static_files.__file__).parent / "static" / "vendor"

    told = dict(re.findall(r"\| (\S+\.js) \|.*\| ([0-9a-f]{64}) \|", (folder / "VENDORED.md").read_text()))
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.js")}

    assert told == found and found


def test_language_and_appearance_are_kept_and_lead_back(office: Office) -> None:
    chosen = ask(office, "/preferences", "POST", "language=en&back=%2Fshots%3Fshow%3D1")
    dark = ask(office, "/preferences", "POST", "theme=dark&back=%2F")

    assert (chosen.status, chosen.headers["Location"]) == (303, "/shots?show=1")
    assert "haikei_language=en" in chosen.headers["Set-Cookie"] and "HttpOnly" in chosen.headers["Set-Cookie"]
    assert "haikei_theme=dark" in dark.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)", "/%0d%0aX:1", "/" * 2000]
)
def test_nobody_is_sent_to_another_site(office: Office, back: str) -> None:
    answer = ask(office, "/preferences", "POST", f"language=en&back={back}")

    assert answer.status == 303
    assert answer.headers["Location"] == "/"


def test_a_choice_that_is_none_is_not_kept(office: Office) -> None:
    answer = ask(office, "/preferences", "POST", "language=fr&theme=%3Cscript%3E")

    assert answer.status == 303
    assert "Set-Cookie" not in answer.headers


def test_a_form_of_another_site_chooses_nothing(office: Office) -> None:
    answer = ask(office, "/preferences", "POST", "language=en", **{"Sec-Fetch-Site": "cross-site"})

    assert answer.status == 403
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("told", "language"),
    [
        ({}, "ja"),
        ({"Accept-Language": "en-GB,en;q=0.9"}, "en"),
        ({"Cookie": "haikei_language=ja", "Accept-Language": "en"}, "ja"),
        ({"Accept-Language": "fr"}, "ja"),
    ],
)
def test_a_page_says_which_language_it_is_in(office: Office, told: dict[str, str], language: str) -> None:
    page = ask(office, "/preferences", "POST", "x=1", **{"Sec-Fetch-Site": "cross-site", **told})

    assert f'<html lang="{language}"' in page.data.decode()
    assert page.headers["Content-Language"] == language
