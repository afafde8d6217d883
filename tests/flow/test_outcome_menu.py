"""What became of a draft is said through ShotGrid's signed menu, until the shot is final."""

from collections.abc import Iterator

import pytest

from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind, Verdict
from tests.floor import Floor, Standing, approve
from tests.menu_item import SECRET, Browser, form_of, free_port, text_of, tokens
from tests.pretend_episode import Cut
from tests.running_haikei import RunningHaikei, running_haikei

pytestmark = pytest.mark.timeout(300)
"""Services are started and stopped; a busy machine takes its time."""

ARTIST = 45


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHaikei]:
    """The services with their pages; 背 景子 is handed the drafts."""
    project = {"drafts": 1, "assignment": {"kind": "fixed", "to": ["artist"]}, "outcome_by": ["sakura"]}
    pages = {"port": free_port(), "menu_secret": SECRET}
    with running_haikei(tmp_path_factory.mktemp("menu"), cuts=3, project=project, web=pages) as running:
        yield running


@pytest.fixture
def browser(haikei: RunningHaikei) -> Browser:
    return Browser(f"http://127.0.0.1:{haikei.settings.web.port}")


def outcomes(haikei: RunningHaikei, cut: Cut) -> list[Entry]:
    with haikei.engine.connect() as connection:
        return [entry for _, entry in log.read(connection, background=f"Shot:{haikei.floor.shot(cut)}", kinds=[Kind.DRAFT_OUTCOME])]


def delivered(haikei: RunningHaikei, cut: Cut) -> tuple[int, int]:
    """A cut's draft Version and review task."""
    approve(haikei.floor, cut)
    review = int(haikei.wait_for(cut.code, "delivered").review_task)
    return int(haikei.floor.drafts(cut)[0].id), review


def chosen(haikei: RunningHaikei, *about: int, user: int = ARTIST, kind: str = "Version") -> dict[str, str]:
    """The menu item's form, as the site signs it now."""
    return form_of(user=user, about=about, site=haikei.floor.url.partition("//")[2], kind=kind)


def test_the_menu_says_it_on_a_version_and_on_the_task(haikei: RunningHaikei, browser: Browser) -> None:
    cut = Cut(2)
    draft, review = delivered(haikei, cut)

    first = browser.press(browser.choose(chosen(haikei, draft)), "used")
    second = browser.press(browser.choose(chosen(haikei, review, kind="Task")), "not_used")
    refused = browser.choose(chosen(haikei, draft, user=42))

    assert (first.status, second.status, refused.status) == (200, 200, 403)
    assert [entry.decision.verdict for entry in outcomes(haikei, cut) if entry.decision] == [Verdict.USED, Verdict.NOT_USED]
    assert "outcome: not used, says 背 景子" in haikei.haikei("report", "shot", cut.code).stdout


def test_a_final_shot_takes_no_more_words_until_it_is_reopened(haikei: RunningHaikei, floor: Floor, browser: Browser) -> None:
    cut, picture = Cut(3), next(haikei.settings_file.parent.joinpath("seed").rglob("*.png"))
    draft, review = delivered(haikei, cut)
    page = browser.choose(chosen(haikei, draft))
    revision = floor.hand_in(cut, f"{cut.code}_v001", picture, task=str(review), by="artist")
    floor.say_outcome(str(draft), "used")
    floor.set_version(revision, Standing.APPROVED)

    floor.set_version(str(draft), Standing.NOT_USED, by="artist")
    floor.say_outcome(str(draft), "not used")
    haikei.wait(lambda: haikei.log.read_text().count("outcome not recorded") == 2, what="status and field left out")
    pressed, shown = browser.press(page, "not_used"), browser.choose(chosen(haikei, draft))
    locked = [entry.decision.verdict for entry in outcomes(haikei, cut) if entry.decision]
    floor.set_version(revision, Standing.REVIEWING)
    reopened = browser.press(browser.choose(chosen(haikei, draft)), "partly_used")

    assert locked == [Verdict.USED]
    assert pressed.status == 409 and "haikei person state" in text_of(pressed)
    assert tokens(shown) == [] and "決定済み" in text_of(shown)
    assert reopened.status == 200
    assert [entry.decision.verdict for entry in outcomes(haikei, cut) if entry.decision] == [Verdict.USED, Verdict.PARTLY_USED]
