"""The page as an artist sees it: opened by the tracker's menu in a real browser, read, pressed, and silent about nothing."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from integration.ledger.vocabulary import Verdict
from tests.unit.web.conftest import ARTIST, Office, opened


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The pages at work."""
    yield from opened(tmp_path_factory.mktemp("browser-office"))


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["desktop", "phone in the dark"])
def screen(chromium: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An empty browser."""
    width, scheme = request.param
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        browser.close()


def choose(screen: Page, office: Office, form: dict[str, str]) -> None:
    """Send the menu's form from a page of another site, as the tracker's does."""
    fields = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in form.items())
    address = f"{office.browser.address}/menu/shotgrid/outcome"
    screen.set_content(f'<form method="post" action="{address}">{fields}<button>AI draft outcome</button></form>')
    screen.click("button")


def test_an_artist_says_it_with_two_clicks(screen: Page, office: Office, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    there = office.deliver(2 if "dark" in request.node.name else 1)
    complaints: list[str] = []
    screen.on("console", lambda message: complaints.append(message.text))
    screen.on("pageerror", lambda error: complaints.append(str(error)))

    choose(screen, office, office.form(ARTIST, *there.versions))
    screen.screenshot(path=tmp_path / "choices.png", full_page=True)
    wide = screen.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    screen.locator("section", has_text="r1 B").get_by_role("button", name="一部使った").click()
    screen.screenshot(path=tmp_path / "recorded.png", full_page=True)

    (entry,) = office.outcomes(there.cut)
    assert entry.decision is not None and entry.decision.verdict is Verdict.PARTLY_USED
    assert "記録 #" in screen.get_by_role("status").inner_text()
    assert screen.url == f"{office.browser.address}/outcome"
    assert not wide
    assert complaints == []


def test_a_reload_says_nothing_new(screen: Page, office: Office, request: pytest.FixtureRequest) -> None:
    there = office.deliver(4 if "dark" in request.node.name else 3)
    choose(screen, office, office.form(ARTIST, there.versions[0]))
    screen.get_by_role("button", name="使わなかった").click()

    screen.reload()

    assert len(office.outcomes(there.cut)) == 1
    assert "記録 #" in screen.get_by_role("status").inner_text()
