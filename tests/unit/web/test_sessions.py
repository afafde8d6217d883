"""Sessions: known to browsers alone, ended by time, rest, other rules or a person, and never taken over."""

import http.client
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from integration.database import make_tables, open_database
from integration.web import sessions
from integration.web.cookies import BACK, SESSION
from integration.web.links import end_links, make_link, use_link
from integration.web.rights import WebRole
from integration.web.sessions import Limits, SignedIn
from integration.web.sign_in_tables import metadata
from tests.unit.web.conftest import Office, opened
from tests.unit.web.test_sign_in import code_of, enter, form_token, is_in

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ARTIST = SignedIn(name="背 景子", person="HumanUser:45", roles=frozenset({WebRole.ARTIST}), account="a" * 64)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'haikei.sqlite'}")
    make_tables(engine, metadata)
    yield engine
    engine.dispose()


def begun(engine: sa.Engine, who: SignedIn = ARTIST, *, idle: timedelta | None = timedelta(hours=2), rules: str = "") -> str:
    with engine.begin() as connection:
        return sessions.begin(connection, who, Limits(until=NOW + DAY, idle=idle, rules=rules), now=NOW)


def is_on(engine: sa.Engine, token: str, after: timedelta, *, rules: str = "") -> bool:
    return sessions.session_of(engine, token, now=NOW + after, rules=rules) is not None


def test_a_session_says_who_signed_in_and_keeps_no_token(engine: sa.Engine) -> None:
    token = begun(engine)

    session = sessions.session_of(engine, token, now=NOW)
    with engine.connect() as connection:
        row = connection.execute(sa.text("SELECT * FROM haikei_session")).one()
    assert session is not None and session.who == ARTIST
    assert len(token) >= 43 and token not in str(row)
    assert session.form_token != token


def test_a_session_ends_after_rest_and_after_its_time_however_much_it_is_used(engine: sa.Engine) -> None:
    rested, used = begun(engine), begun(engine)
    minute = timedelta(minutes=1)

    kept = [is_on(engine, used, timedelta(hours=hour)) for hour in range(25)]

    assert is_on(engine, rested, timedelta(hours=2)) and not is_on(engine, begun(engine), timedelta(hours=2) + minute)
    assert all(kept) and not is_on(engine, used, DAY + minute)


def test_a_session_that_may_rest_lasts_to_its_end(engine: sa.Engine) -> None:
    token = begun(engine, idle=None)

    assert is_on(engine, token, DAY - timedelta(minutes=1))
    assert not is_on(engine, token, DAY + timedelta(minutes=1))


def test_other_rules_than_those_that_gave_the_roles_end_a_session(engine: sa.Engine) -> None:
    by_rules, by_link = begun(engine, rules="then"), begun(engine)

    assert is_on(engine, by_rules, timedelta(0), rules="then")
    assert not is_on(engine, by_rules, timedelta(0), rules="now")
    assert is_on(engine, by_link, timedelta(0), rules="now")


@given(guess=st.text(max_size=60))
def test_no_guess_is_a_session(guess: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = open_database(f"sqlite:///{tmp_path_factory.getbasetemp() / 'guesses.sqlite'}")
    make_tables(engine, metadata)
    token = begun(engine)

    assert guess == token or not is_on(engine, guess.encode("utf-8", "replace").decode(), timedelta(0))
    engine.dispose()


def test_ending_sessions_spares_other_people_and_sweeps_what_is_over(engine: sa.Engine) -> None:
    hers, his = begun(engine), begun(engine, SignedIn(name="制作 進", person="HumanUser:41", roles=frozenset({WebRole.COORDINATOR})))

    with engine.begin() as connection:
        ended = sessions.end_all(connection, person="HumanUser:45")
    alone = is_on(engine, hers, timedelta(0)), is_on(engine, his, timedelta(0))
    with engine.begin() as connection:
        sessions.begin(connection, ARTIST, Limits(until=NOW + 3 * DAY, idle=None), now=NOW + 2 * DAY)
        left = connection.execute(sa.text("SELECT count(*) FROM haikei_session")).scalar()

    assert (ended, alone, left) == (1, (False, True), 1)


def test_who_is_forgotten_has_no_session_and_no_link(engine: sa.Engine) -> None:
    token = begun(engine)

    with engine.begin() as connection:
        sessions.forget(connection, "HumanUser:45")

    assert not is_on(engine, token, timedelta(0))


def test_links_and_sessions_are_the_same_on_a_database_server(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    make_tables(engine, metadata)
    auditor = SignedIn(name="外部 監査", roles=frozenset({WebRole.AUDITOR}), shows=frozenset({"海辺の町"}))

    with engine.begin() as connection:
        code = make_link(connection, auditor, now=NOW, open_until=NOW + DAY, session_until=NOW + DAY, made_by="x")
        used, again = (use_link(connection, code, now=NOW) for _ in range(2))
        assert used is not None and again is None
        token = sessions.begin(connection, used.who, Limits(until=used.until, idle=None, link_sha256=used.sha256), now=NOW)
    was_on = is_on(engine, token, timedelta(hours=3))
    with engine.begin() as connection:
        ended = end_links(connection, role=WebRole.AUDITOR, show="海辺の町", now=NOW)

    assert (used.who, was_on, ended, is_on(engine, token, timedelta(hours=3))) == (auditor, True, 1, False)
    engine.dispose()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    yield from opened(tmp_path_factory.mktemp("sessions"), gate=None, requests_per_minute=10_000, sign_ins_per_minute=10_000)


def test_every_sign_in_begins_another_session_and_ends_the_browser_s_former_one(office: Office) -> None:
    browser = enter(office, code_of(office, WebRole.COORDINATOR))
    former = browser.cookies[SESSION]

    browser.post(f"{office.browser.address}/sign-in/code", data={"code": code_of(office, WebRole.MANAGEMENT)}, timeout=30)

    assert browser.cookies[SESSION] != former
    assert is_in(browser, office) and not is_in(with_token(former), office)


def test_a_token_that_somebody_planted_is_never_taken_up(office: Office) -> None:
    planted = "planted-by-somebody-else-long-before"
    browser = with_token(planted)

    browser.post(f"{office.browser.address}/sign-in/code", data={"code": code_of(office, WebRole.COORDINATOR)}, timeout=30)

    assert not is_in(with_token(planted), office)


@pytest.mark.parametrize("form", [{}, {"token": ""}, {"token": "guess"}, {"token": "é"}], ids=["none", "empty", "wrong", "no ASCII"])
def test_a_form_without_the_session_s_token_signs_nobody_out(office: Office, form: dict[str, str]) -> None:
    browser = enter(office, code_of(office, WebRole.COORDINATOR))

    answer = browser.post(f"{office.browser.address}/sign-out", data={"x": "1", **form}, timeout=30)

    assert answer.status_code == 403
    assert is_in(browser, office)


def test_another_session_s_token_does_not_count(office: Office) -> None:
    mine, theirs = (enter(office, code_of(office, WebRole.COORDINATOR)) for _ in range(2))
    token = form_token(theirs.get(office.browser.address, timeout=30))

    answer = mine.post(f"{office.browser.address}/sign-out", data={"token": token}, timeout=30)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({}, 303),
    ],
    ids=str,
)
def test_a_form_counts_from_our_pages_alone(office: Office, headers: dict[str, str], status: int) -> None:
    browser = enter(office, code_of(office, WebRole.COORDINATOR))
    token = form_token(browser.get(office.browser.address, timeout=30))

    answer = browser.post(f"{office.browser.address}/sign-out", data={"token": token}, headers=headers, allow_redirects=False, timeout=30)

    assert answer.status_code == status
    assert is_in(browser, office) == (status == 403)


def test_our_own_origin_is_ours(office: Office) -> None:
    browser = enter(office, code_of(office, WebRole.COORDINATOR))
    token, origin = form_token(browser.get(office.browser.address, timeout=30)), {"Origin": office.browser.address}

    answer = browser.post(f"{office.browser.address}/sign-out", data={"token": token}, headers=origin, allow_redirects=False, timeout=30)

    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {"Sec-Fetch-Mode": "navigate"}, 303),
        ("/", {"Accept": "text/html,*/*;q=0.8"}, 303),
        ("/board/changes", {"Accept": "text/event-stream"}, 401),
        ("/board/changes", {"Sec-Fetch-Mode": "cors"}, 401),
        ("/", {"HX-Request": "true"}, 401),
        ("/entries/1/pictures/00/small", {"Accept": "image/avif,image/webp,*/*;q=0.8"}, 401),
    ],
    ids=str,
)
def test_only_a_page_that_is_shown_leads_to_sign_in_and_back(office: Office, path: str, headers: dict[str, str], status: int) -> None:
    answer = requests.get(office.browser.address + path, headers=headers, allow_redirects=False, timeout=30)

    assert answer.status_code == status
    assert (BACK in answer.cookies) == (status == 303)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_too_long_to_come_back_to_is_not_kept(office: Office) -> None:
    answer = requests.get(f"{office.browser.address}/?cut={'x' * 20_000}", allow_redirects=False, timeout=30)

    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("public_url", "prefix", "path"),
    [("https://haikei.studio.example", "__Host-", "/"), ("https://studio.example/haikei", "__Secure-", "/haikei")],
)
def test_over_https_no_cookie_can_be_set_by_a_neighbour_or_read_by_a_script(
    tmp_path: Path, public_url: str, prefix: str, path: str
) -> None:
    for office in opened(tmp_path, gate=None, public_url=public_url):
        code = code_of(office, WebRole.COORDINATOR)
        wanted = requests.get(office.browser.address, allow_redirects=False, timeout=30).headers["Set-Cookie"]
        answer = requests.post(f"{office.browser.address}/sign-in/code", data={"code": code}, allow_redirects=False, timeout=30)
        given = next(cookie for cookie in answer.raw.headers.getlist("Set-Cookie") if cookie.startswith(f"{prefix}{SESSION}="))

        assert wanted.startswith(f"{prefix}{BACK}=")
        for cookie in (wanted, given):
            attributes = {part.strip().casefold() for part in cookie.split(";")[1:]}
            assert {"httponly", "secure", "samesite=lax", f"path={path}"} <= attributes
            assert not any(attribute.startswith("domain") for attribute in attributes)


def test_one_session_asks_half_of_what_an_address_may_from_wherever_it_asks(tmp_path: Path) -> None:
    for office in opened(tmp_path, gate=None, requests_per_minute=20):
        one, other = (enter(office, code_of(office, WebRole.COORDINATOR)) for _ in range(2))
        places = ["127.0.0.1"] * 6 + ["127.0.0.2"] * 6

        statuses = [status_from(place, one, office) for place in places]

        assert statuses == [404] * 9 + [429] * 3  # the first page after the code counts, too
        assert status_from("127.0.0.2", other, office) == 404


def status_from(place: str, browser: requests.Session, office: Office) -> int:
    """The status of a page that is asked for from another address of this machine."""
    parts = urlsplit(office.browser.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30, source_address=(place, 0))
    connection.request("GET", "/entries/99", headers={"Cookie": f"{SESSION}={browser.cookies[SESSION]}"})
    status = connection.getresponse().status
    connection.close()
    return status


def with_token(token: str) -> requests.Session:
    browser = requests.Session()
    browser.cookies.set(SESSION, token, domain="127.0.0.1")
    return browser
