"""People come in by the studio's provider, over its real protocol, or by a code; everybody else stays outside."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests
import sqlalchemy as sa
import structlog
from joserfc.jwk import OctKey, RSAKey
from oidc_provider_mock import User, run_server_in_thread

from integration.cli.sign_in import trial_link
from integration.errors import SettingsError
from integration.web.links import make_link
from integration.web.rights import WebRole
from integration.web.sessions import SignedIn
from integration.web.sign_in_tables import sessions
from tests.unit.web.conftest import Office, opened
from tests.unit.web.rogue_provider import RogueProvider, rogue_provider

SAKURA = "sakura@example.com"
PEOPLE = (
    User(sub="1", claims={"email": SAKURA, "email_verified": True, "name": "桜"}),
    User(sub="2", claims={"email": "boss@example.com", "email_verified": True, "groups": ["Directors"]}),
    User(sub="3", claims={"email": SAKURA, "email_verified": False}),
    User(sub="4", claims={"email": "stranger@example.com", "email_verified": True}),
)


@contextmanager
def office_with(folder: Path, issuer: str, *, sign_ins: int = 10_000) -> Iterator[Office]:
    web: dict[str, Any] = {
        "sign_ins_per_minute": sign_ins,
        "oidc": {"issuer": issuer, "client_id": "haikei", "client_secret": "not checked here"},
        "roles": {"management": ["group:directors"]},
    }
    yield from opened(folder, **web)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with run_server_in_thread(user_claims=PEOPLE) as provider:
        issuer = f"http://localhost:{provider.server_port}"
        with office_with(tmp_path_factory.mktemp("office"), issuer) as opened_office:
            yield opened_office


@pytest.fixture
def browser() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def to_provider(browser: requests.Session, office: Office) -> str:
    """Where the button sends somebody."""
    answer = browser.get(f"{office.browser.address}/sign-in/provider", allow_redirects=False, timeout=30)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def back_from_provider(browser: requests.Session, address: str, subject: str, **more: str) -> str:
    """Sign in at the provider; the address it sends somebody back to."""
    answer = browser.post(address, data={"sub": subject, **more}, allow_redirects=False, timeout=30)
    return urljoin(address, answer.headers["Location"])


def sign_in(browser: requests.Session, office: Office, subject: str) -> requests.Response:
    back = back_from_provider(browser, to_provider(browser, office), subject)
    return browser.get(back, timeout=30)


def form_token(page: requests.Response) -> str:
    """What stands in the forms of a page."""
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


def is_in(browser: requests.Session, office: Office, path: str = "/") -> bool:
    return browser.get(office.browser.address + path, allow_redirects=False, timeout=30).status_code == 200


def test_somebody_the_tracker_knows_comes_in_as_an_artist(browser: requests.Session, office: Office) -> None:
    page = sign_in(browser, office, "1")

    assert page.status_code == 200
    assert "桜" in page.text
    with office.studio.engine.connect() as connection:
        row: Any = connection.execute(sa.select(sessions).order_by(sessions.c.began_ms.desc()).limit(1)).one()
    assert (row.roles, row.person) == ("artist", "HumanUser:41")
    assert browser.cookies["haikei"] not in str(row)


def test_a_group_of_the_provider_gives_a_role(browser: requests.Session, office: Office) -> None:
    sign_in(browser, office, "2")

    with office.studio.engine.connect() as connection:
        roles = connection.execute(sa.select(sessions.c.roles).where(sessions.c.name == "boss@example.com")).scalar()
    assert roles == "management"


@pytest.mark.parametrize("subject", ["3", "4"], ids=["an address nobody verified", "somebody nobody knows"])
def test_who_is_not_known_stays_outside(browser: requests.Session, office: Office, subject: str) -> None:
    page = sign_in(browser, office, subject)

    assert page.status_code == 403
    assert "テクニカルディレクター" in page.text
    assert not is_in(browser, office)


def test_somebody_goes_on_to_the_page_they_wanted(browser: requests.Session, office: Office) -> None:
    wanted = "/shot?show=%E6%B5%B7&cut=c003"

    browser.get(office.browser.address + wanted, timeout=30)
    page = sign_in(browser, office, "1")

    assert urlsplit(page.url).path + "?" + urlsplit(page.url).query == wanted


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(browser: requests.Session, office: Office, back: str) -> None:
    back_there = back_from_provider(browser, to_provider(browser, office), "1")
    cookie = "; ".join(f"{each.name}={each.value}" for each in browser.cookies) + f'; haikei_back="{back}"'

    answer = requests.get(back_there, headers={"Cookie": cookie}, allow_redirects=False, timeout=30)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(browser: requests.Session, office: Office) -> None:
    back = back_from_provider(browser, to_provider(browser, office), "1")

    elsewhere = requests.get(back, allow_redirects=False, timeout=30)
    kept = dict(browser.cookies)
    here = browser.get(back, allow_redirects=False, timeout=30)
    again = requests.get(back, cookies=kept, allow_redirects=False, timeout=30)

    assert (elsewhere.status_code, here.status_code, again.status_code) == (403, 303, 403)


def test_a_forged_state_does_not_count(browser: requests.Session, office: Office) -> None:
    back = urlsplit(back_from_provider(browser, to_provider(browser, office), "1"))
    code = parse_qs(back.query)["code"][0]

    answer = browser.get(f"{office.browser.address}/sign-in/callback", params={"code": code, "state": "forged"}, timeout=30)

    assert answer.status_code == 403
    assert not is_in(browser, office)


def test_who_says_no_at_the_provider_stays_outside(browser: requests.Session, office: Office) -> None:
    back = back_from_provider(browser, to_provider(browser, office), "1", action="deny")

    assert browser.get(back, timeout=30).status_code == 403


def test_signing_out_ends_the_session_for_good(browser: requests.Session, office: Office) -> None:
    page = sign_in(browser, office, "1")
    token = browser.cookies["haikei"]

    browser.post(f"{office.browser.address}/sign-out", data={"token": form_token(page)}, timeout=30)

    assert requests.get(office.browser.address, cookies={"haikei": token}, allow_redirects=False, timeout=30).status_code == 303


WRONG: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "other"},
    "no nonce": {"nonce": ""},
    "another program's": {"aud": "other"},
    "given to another program": {"aud": ["haikei", "other"], "azp": "other"},
    "for several programs, given to nobody knows which": {"aud": ["haikei", "other"]},
    "not yet valid": {"nbf": 4_000_000_000},
    "without an end": {"exp": None},
    "too old": {"exp": 1_700_000_000},
    "another issuer": {"iss": "https://elsewhere.example"},
    "nobody's": {"sub": None},
}


@pytest.fixture(scope="module")
def rogue() -> Iterator[RogueProvider]:
    with rogue_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def rogue_office(rogue: RogueProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_with(tmp_path_factory.mktemp("rogue"), rogue.issuer) as opened_office:
        yield opened_office


def answered(browser: requests.Session, office: Office, rogue: RogueProvider) -> int:
    """The status with which the provider's answer is taken."""
    asked = parse_qs(urlsplit(to_provider(browser, office)).query)
    rogue.nonce = asked["nonce"][0]
    query = {"code": "1", "state": asked["state"][0]}
    return browser.get(f"{office.browser.address}/sign-in/callback", params=query, allow_redirects=False, timeout=30).status_code


@pytest.fixture
def fresh(rogue: RogueProvider) -> RogueProvider:
    """A provider that is right, until the test makes it wrong."""
    rogue.claims, rogue.signing_key, rogue.algorithm = {}, None, "RS256"
    return rogue


def test_a_right_token_lets_somebody_in(browser: requests.Session, rogue_office: Office, fresh: RogueProvider) -> None:
    assert answered(browser, rogue_office, fresh) == 303


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_token_lets_nobody_in(
    browser: requests.Session, rogue_office: Office, fresh: RogueProvider, claims: dict[str, Any]
) -> None:
    fresh.claims = claims

    assert answered(browser, rogue_office, fresh) == 403


def test_a_token_signed_by_another_key_lets_nobody_in(browser: requests.Session, rogue_office: Office, fresh: RogueProvider) -> None:
    fresh.signing_key = RSAKey.generate_key(2048, {"kid": "1"})

    assert answered(browser, rogue_office, fresh) == 403


def test_a_token_signed_with_a_shared_secret_lets_nobody_in(browser: requests.Session, rogue_office: Office, fresh: RogueProvider) -> None:
    fresh.algorithm, fresh.signing_key = "HS256", OctKey.import_key(b"a secret that both sides know, such as the client's")

    assert answered(browser, rogue_office, fresh) == 403


def test_keys_that_were_changed_are_asked_for_anew(browser: requests.Session, rogue_office: Office, fresh: RogueProvider) -> None:
    answered(browser, rogue_office, fresh)
    fresh.key = RSAKey.generate_key(2048, {"kid": "2"})

    assert answered(browser, rogue_office, fresh) == 303


def test_a_provider_that_is_down_is_told(tmp_path: Path) -> None:
    with office_with(tmp_path, "http://127.0.0.1:9") as office:
        answer = requests.get(f"{office.browser.address}/sign-in/provider", timeout=30)

    assert answer.status_code == 403
    assert "does not answer" in answer.text


def code_of(office: Office, *roles: WebRole, minutes: float = 10, show: str = "") -> str:
    now = datetime.now(UTC)
    who, until = SignedIn(name="外部 監査", roles=frozenset(roles), shows=frozenset({show} - {""})), now + timedelta(minutes=minutes)
    with office.studio.engine.begin() as connection:
        return make_link(connection, who, now=now, open_until=until, session_until=until)


def enter(office: Office, code: str) -> requests.Session:
    browser = requests.Session()
    browser.post(f"{office.browser.address}/sign-in/code", data={"code": code}, timeout=30)
    return browser


def test_a_code_works_once(rogue_office: Office) -> None:
    code = code_of(rogue_office, WebRole.COORDINATOR)

    assert [is_in(enter(rogue_office, code), rogue_office) for _ in range(2)] == [True, False]


def test_a_code_that_is_too_old_does_not_work(rogue_office: Office) -> None:
    code = code_of(rogue_office, WebRole.COORDINATOR, minutes=-1)

    assert not is_in(enter(rogue_office, code), rogue_office)


def test_a_form_of_another_site_signs_nobody_in(rogue_office: Office) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    address = f"{rogue_office.browser.address}/sign-in/code"

    answer = requests.post(address, data={"code": code_of(rogue_office, WebRole.COORDINATOR)}, headers=headers, timeout=30)

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_trial_s_link_is_for_this_machine_alone(office: Office) -> None:
    web = office.studio.settings.web
    here = trial_link(office.studio.engine, web, office.browser.address, roles=[WebRole.COORDINATOR], name="trial")

    with pytest.raises(SettingsError, match="trials on one machine"):
        trial_link(office.studio.engine, web, "https://haikei.studio.example", roles=[WebRole.COORDINATOR], name="trial")

    assert is_in(enter(office, here.partition("#code=")[2]), office)


def test_too_many_tries_are_told_to_wait(tmp_path: Path) -> None:
    with office_with(tmp_path, "", sign_ins=10) as office:
        address = f"{office.browser.address}/sign-in/code"
        answers = [requests.post(address, data={"code": f"guess {n}"}, timeout=30).status_code for n in range(12)]

    assert answers == [403] * 10 + [429] * 2


def test_the_log_says_that_somebody_came_in_and_nothing_that_opens_a_door(
    browser: requests.Session, office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    structlog.reset_defaults()
    wanted = "/shot?show=%E7%A7%98%E5%AF%86&cut=c003"

    browser.get(office.browser.address + wanted, timeout=30)
    back = back_from_provider(browser, to_provider(browser, office), "1")
    begun = browser.cookies["haikei_begun"]
    browser.get(back, timeout=30)
    refused = browser.get(f"{office.browser.address}/sign-in/callback?code=secretcode&state=secretstate", timeout=30)
    told = capfd.readouterr()
    log = told.out + told.err

    assert refused.status_code == 403 and "signed in" in log and "page shown" in log
    query = parse_qs(urlsplit(back).query)
    for secret in (
        browser.cookies["haikei"],
        begun,
        query["code"][0],
        query["state"][0],
        "secretcode",
        "secretstate",
        SAKURA,
        "%E7%A7%98",
        "秘密",
    ):
        assert secret not in log


def test_nobody_signs_in_by_the_provider_where_others_can_listen(tmp_path: Path) -> None:
    oidc = {"issuer": "https://login.studio.example", "client_id": "haikei"}

    with pytest.raises(SettingsError, match="without encryption"):
        next(opened(tmp_path, gate=None, public_url="http://haikei.studio.example", oidc=oidc))


def test_the_provider_is_no_page_where_there_is_none(tmp_path: Path) -> None:
    with office_with(tmp_path, "") as office:
        statuses = [
            requests.get(f"{office.browser.address}{path}", timeout=30).status_code
            for path in ("/sign-in/provider", "/sign-in/callback?code=1&state=2")
        ]
        page = requests.get(f"{office.browser.address}/sign-in", timeout=30)

    assert statuses == [404, 404]
    assert "/sign-in/provider" not in page.text


def test_other_settings_sign_everybody_out_who_came_by_the_provider(browser: requests.Session, office: Office) -> None:
    sign_in(browser, office, "1")

    with office.studio.engine.begin() as connection:
        connection.execute(sa.update(sessions).values(rules="of other settings"))

    assert not is_in(browser, office)
