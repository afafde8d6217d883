"""Board, cut and entry in a real browser: nothing to complain of, nothing too wide, live, and moved by the keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.board_show import BoardShow
from tests.unit.web.conftest import Office
from tests.unit.web.test_board import wait_for, write_states
from tests.unit.web.test_shot_page import Told, telling

CUT = "/shot?show=海辺の町&episode=ep01&cut=c010"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    for told in telling(tmp_path_factory.mktemp("browser-board")):
        with told.office.studio.engine.begin() as connection:
            write_states(BoardShow(connection, told.office.studio.storage, episode="ep02"))
        yield told


@pytest.fixture(
    params=[(1280, "light"), (390, "dark"), (1280, "dark"), (390, "light")], ids=["1280-light", "390-dark", "1280-dark", "390-light"]
)
def screen(chromium: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An empty browser of a coordinator."""
    width, scheme = request.param
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        language = "ja-JP" if scheme == "light" else "en-GB"
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale=language)
        context.set_extra_http_headers({"X-Test-Person": "coordinator"})
        yield context.new_page()
        browser.close()


def open_page(screen: Page, office: Office, path: str) -> list[str]:
    """Open a page; what the browser complains of from then on."""
    complaints: list[str] = []
    screen.on("console", lambda message: complaints.append(message.text))
    screen.on("pageerror", lambda error: complaints.append(str(error)))
    screen.goto(f"{office.browser.address}{path}")
    return complaints


def is_too_wide(screen: Page) -> bool:
    return bool(screen.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize(("name", "path"), [("board", "/"), ("shot", CUT), ("entry", "/entries/12"), ("none", "/shot?cut=c999")])
def test_a_page_fits_the_screen_in_silence(screen: Page, told: Told, name: str, path: str, tmp_path: Path) -> None:
    complaints = open_page(screen, told.office, path)
    screen.wait_for_load_state("load")

    screen.screenshot(path=tmp_path / f"{name}.png", full_page=True)

    assert not is_too_wide(screen)
    assert [text for text in complaints if "404" not in text or name != "none"] == []


def test_the_board_changes_without_a_reload(screen: Page, told: Told, request: pytest.FixtureRequest) -> None:
    number = 300 + ["1280-light", "390-dark", "1280-dark", "390-light"].index(request.node.callspec.id)
    complaints = open_page(screen, told.office, "/")
    screen.evaluate("window.stayed = true")

    with told.office.studio.engine.begin() as connection:
        BoardShow(connection, told.office.studio.storage).layout(number)

    expect(screen.get_by_role("link", name=f"c{number}")).to_be_visible(timeout=20_000)
    assert screen.evaluate("window.stayed")
    assert complaints == []


def test_the_slider_is_moved_by_keys(screen: Page, told: Told) -> None:
    complaints = open_page(screen, told.office, CUT)
    pair = screen.locator(".pair.laid").first
    slider = screen.get_by_role("slider").first

    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")

    assert pair.evaluate("place => place.style.getPropertyValue('--meet')") == "60%"
    assert complaints == []


def test_verify_now_answers_in_the_page(screen: Page, told: Told) -> None:
    told.sign()
    complaints = open_page(screen, told.office, CUT)

    screen.locator("#proof button").click()

    expect(screen.locator("#verified .message.done")).to_be_visible(timeout=20_000)
    assert complaints == []


def test_language_and_appearance_stay_as_chosen(screen: Page, told: Told) -> None:
    open_page(screen, told.office, "/?state=final")

    screen.get_by_role("button", name="日本語").click()
    screen.get_by_role("button", name="暗").click()

    wait_for(lambda: "state=final" in screen.url)
    assert screen.locator("html").get_attribute("lang") == "ja"
    assert screen.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 24)"


def test_the_first_tab_leads_to_the_content(screen: Page, told: Told) -> None:
    open_page(screen, told.office, "/")

    screen.keyboard.press("Tab")

    assert screen.evaluate("document.activeElement.getAttribute('href')") == "#main"
