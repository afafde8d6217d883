"""Signing in with a real browser: to the provider and back, and by a link that carries its code out of servers' sight."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from integration.web.links import make_link
from integration.web.rights import WebRole
from integration.web.sessions import SignedIn
from tests.browser.test_board_and_shot import is_too_wide
from tests.unit.web.conftest import Office
from tests.unit.web.test_sign_in import office_with

SAKURA = User(sub="sakura", claims={"email": "sakura@example.com", "email_verified": True, "name": "桜井 ひろ"})


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("browser-sign-in")
    with run_server_in_thread(user_claims=[SAKURA]) as provider, office_with(folder, f"http://localhost:{provider.server_port}") as office:
        yield office


@pytest.fixture(params=[(1280, "light", "en-GB"), (390, "dark", "ja-JP")], ids=["1280-light-en", "390-dark-ja"])
def screen(chromium: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scheme, language = request.param
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        yield browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale=language).new_page()
        browser.close()


def complaints_of(screen: Page, office: Office) -> list[str]:
    """What the browser complains of from now on, of our pages; the provider's are its own."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.location["url"].startswith(office.browser.address) or "violates" in message.text:
            complaints.append(message.text)

    screen.on("console", hear)
    screen.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def test_somebody_comes_in_by_the_provider_and_goes_out_again(screen: Page, office: Office, tmp_path: Path) -> None:
    complaints = complaints_of(screen, office)

    screen.goto(f"{office.browser.address}/?cut=c003")
    screen.screenshot(path=tmp_path / "sign-in.png", full_page=True)
    assert not is_too_wide(screen)
    screen.locator("a[href='/sign-in/provider']").click()
    screen.locator("[name=sub][value=sakura]").first.click()
    expect(screen.locator(".visitor .name")).to_have_text("桜井 ひろ")
    assert screen.url == f"{office.browser.address}/?cut=c003"
    screen.locator(".visitor button").click()
    expect(screen.locator("#code")).to_be_visible()

    assert screen.url == f"{office.browser.address}/sign-in"
    assert complaints == []


def test_a_link_s_code_is_filled_in_and_gone_from_the_address(screen: Page, office: Office) -> None:
    complaints, requests = complaints_of(screen, office), list[str]()
    screen.on("request", lambda request: requests.append(request.url))
    now = datetime.now(UTC)
    later, who = now + timedelta(minutes=10), SignedIn(name="試写", roles=frozenset({WebRole.COORDINATOR}))
    with office.studio.engine.begin() as connection:
        code = make_link(connection, who, now=now, open_until=later, session_until=later)

    screen.goto(f"{office.browser.address}/sign-in#code={code}")
    expect(screen.locator("#code")).to_have_value(code)
    assert code not in screen.url
    screen.locator("form[action='/sign-in/code'] button").click()
    expect(screen.locator(".visitor .name")).to_have_text("試写")

    assert not any(code in url.partition("#")[0] for url in requests)
    assert complaints == []
