"""Every page somebody signs in for, in a real browser: silent, not too wide, and usable without eyes or mouse (axe).

Screenshots are kept in ``artefacts/pages`` in the repository's folder, which git ignores.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from integration.ledger import tables
from integration.ledger.vocabulary import Kind
from integration.reports.facts import facts, follow
from integration.reports.offered import OFFERED
from integration.web.links import make_link
from integration.web.rights import WebRole
from integration.web.sessions import SignedIn
from tests.random_show import random_show
from tests.unit.web.conftest import Office, opened

ARTEFACTS = Path(__file__).parents[2] / "artefacts" / "pages"
SCREENS = {"1280-light": (1280, "light", "ja-JP"), "390-dark": (390, "dark", "en-GB")}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    for office in opened(tmp_path_factory.mktemp("every-page"), sign_ins_per_minute=10_000):
        with office.studio.engine.begin() as connection:
            random_show(connection, seed=4, shots=40)
        follow(office.studio.engine)
        yield office


@pytest.fixture(params=SCREENS)
def screen(chromium: Path, office: Office, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The browser of somebody who is everything, and signed in by a link."""
    width, scheme, language = SCREENS[request.param]
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale=language)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{office.browser.address}/sign-in#code={code_for_everything(office)}")
        yield page
        browser.close()


def code_for_everything(office: Office) -> str:
    now = datetime.now(UTC)
    painter = sa.select(facts.c.actor).where(
        facts.c.kind == Kind.REVISION_SUBMITTED.value, facts.c.actor_kind == "human", facts.c.actor != ""
    )
    with office.studio.engine.begin() as connection:
        known = tables.people.c.ref.in_(painter)
        person = (
            connection.execute(sa.select(tables.people.c.tracker_person_id).where(known).order_by(tables.people.c.ref)).scalars().first()
        )
        who = SignedIn(name="制作 進", person=str(person), roles=frozenset(set(WebRole) - {WebRole.AUDITOR}))
        return make_link(connection, who, now=now, open_until=now + timedelta(minutes=5), session_until=now + timedelta(hours=1))


def watched(screen: Page) -> list[str]:
    """What the browser complains of from now on."""
    complaints: list[str] = []
    screen.on("console", lambda message: complaints.append(message.text))
    screen.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def look(screen: Page, name: str, request: pytest.FixtureRequest) -> list[str]:
    """Keep a picture of the page; what axe finds serious, and whether the page is too wide."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    screen.wait_for_load_state("load")
    screen.screenshot(path=ARTEFACTS / f"{name}-{request.node.callspec.params['screen']}.png", full_page=True)
    found = Axe().run(screen).response
    serious = [
        f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found["violations"] if each["impact"] in ("serious", "critical")
    ]
    wide = screen.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*serious, *(["too wide"] if wide else [])]


def enter(screen: Page) -> None:
    """Press the button of the sign-in page, whose code the link carries."""
    screen.locator("form[action$='/sign-in/code'] button").click()
    screen.wait_for_load_state("load")


def test_the_link_brings_its_code_and_leaves_it_in_no_address(screen: Page, request: pytest.FixtureRequest) -> None:
    complaints = watched(screen)
    found = look(screen, "sign-in", request)

    assert "code" not in screen.url
    enter(screen)

    assert (found, complaints) == ([], [])
    assert screen.locator("header nav a[aria-current]").count() == 1


@pytest.mark.parametrize("path", ["/", "/mine", "/reports"])
def test_a_page_serves_everybody(screen: Page, office: Office, path: str, request: pytest.FixtureRequest) -> None:
    enter(screen)
    complaints = watched(screen)

    screen.goto(office.browser.address + path)

    assert (look(screen, path.strip("/") or "board", request), complaints) == ([], [])


def test_what_somebody_may_say_of_an_entry_serves_everybody(screen: Page, office: Office, request: pytest.FixtureRequest) -> None:
    enter(screen)
    complaints = watched(screen)
    screen.goto(f"{office.browser.address}/mine")

    screen.locator("a[href^='/mine/']").first.click()

    assert (look(screen, "mine-entry", request), complaints) == ([], [])


@pytest.mark.parametrize("report", OFFERED)
def test_a_report_is_chosen_and_read(screen: Page, office: Office, report: str, request: pytest.FixtureRequest) -> None:
    enter(screen)
    complaints = watched(screen)
    screen.goto(f"{office.browser.address}/reports")
    screen.locator(f"input[value='{report}']").check()
    if report == "authorship":
        screen.locator("input[name='episode']").fill("ep01")
        screen.locator("input[name='cuts']").fill("c001, c002")

    screen.locator("form.ask button.first").click()

    screen.wait_for_url("**/reports/*")
    assert (look(screen, f"report-{report}", request), [text for text in complaints if "404" not in text]) == ([], [])
    assert screen.locator("section.card").count() > 2
