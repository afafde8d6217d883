"""Reports are chosen without anything in the address, read by those who may, and taken only as an entry."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator

import pytest
import requests

from integration.ledger import log
from integration.ledger.vocabulary import Kind
from integration.reports.facts import follow
from integration.web.rights import WebRole
from tests.random_show import random_show
from tests.unit.web.conftest import Office, opened
from tests.unit.web.test_sign_in import code_of, enter

SHOW = "海辺の町"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    for office in opened(tmp_path_factory.mktemp("office"), sign_ins_per_minute=10_000):
        with office.studio.engine.begin() as connection:
            random_show(connection, seed=1, shots=12)
            random_show(connection, seed=2, shots=3, show="別の作品", episodes=("s1",))
        follow(office.studio.engine)
        yield office


def token_of(page: requests.Response) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found, page.text[:500]
    return found.group(1)


def ask(office: Office, browser: requests.Session, **form: str) -> requests.Response:
    """Fill the form in and send it."""
    address = f"{office.browser.address}/reports"
    token = token_of(browser.get(f"{office.browser.address}/", timeout=30))
    return browser.post(address, data={"token": token, "report": "disclosure", "show": SHOW, **form}, timeout=60)


def manager(office: Office) -> requests.Session:
    return enter(office, code_of(office, WebRole.MANAGEMENT))


@pytest.mark.parametrize("report", ["disclosure", "streamer", "tier"])
def test_a_report_opens_under_a_name_that_says_nothing(office: Office, report: str) -> None:
    page = ask(office, manager(office), report=report)

    assert page.status_code == 200
    assert re.fullmatch(r".*/reports/[\w-]{16}", page.url)
    assert SHOW in page.text


@pytest.mark.parametrize(("suffix", "begins"), [(".pdf", b"%PDF-1.7"), (".zip", b"PK"), (".json", b"{")])
def test_a_file_that_is_taken_is_an_entry(office: Office, suffix: str, begins: bytes) -> None:
    browser = manager(office)
    page = ask(office, browser)

    file = browser.post(page.url, data={"token": token_of(page), "form": suffix}, timeout=60)

    assert file.content.startswith(begins)
    assert file.headers["Content-Disposition"] == f'attachment; filename="haikei-disclosure{suffix}"'
    with office.studio.engine.connect() as connection:
        entry = [entry for _, entry in log.read(connection, kinds=[Kind.REPORT_EXPORTED])][-1]
    assert (entry.report, entry.show, entry.asset and entry.asset.size_bytes) == ("disclosure", SHOW, len(file.content))


def test_the_csv_says_what_the_page_says(office: Office) -> None:
    browser = manager(office)
    page = ask(office, browser, report="tier")

    file = browser.post(page.url, data={"token": token_of(page), "form": ".zip", "bom": "yes"}, timeout=60)

    with zipfile.ZipFile(io.BytesIO(file.content)) as pack:
        tables = {name: list(csv.reader(io.StringIO(pack.read(name).decode("utf-8-sig")))) for name in pack.namelist()}
    assert all(pack_bytes.startswith(b"\xef\xbb\xbf") for pack_bytes in [zipfile.ZipFile(io.BytesIO(file.content)).read("report.csv")])
    assert any(cell in page.text for row in tables["cuts.csv"][1:] for cell in row)


@pytest.mark.parametrize(
    "form",
    [
        {"report": "salaries"},
        {"first": "2026-13"},
        {"first": "2026-12", "last": "2026-01"},
        {"cuts": "c0 " * 2000 + " ".join(f"c{n}" for n in range(600))},
        {"episode": "nothing of this name"},
        {"show": ""},
        {"cuts": "x" * 300},
    ],
)
def test_what_cannot_be_made_is_told(office: Office, form: dict[str, str]) -> None:
    page = ask(office, manager(office), **form)

    assert page.status_code == 400
    assert 'role="alert"' in page.text


def test_a_report_is_nobody_else_s(office: Office) -> None:
    mine = ask(office, manager(office))

    theirs = manager(office).get(mine.url, timeout=30)

    assert (mine.status_code, theirs.status_code) == (200, 404)


def test_an_artist_is_offered_credits_alone(office: Office) -> None:
    artist = enter(office, code_of(office, WebRole.ARTIST))

    assert ask(office, artist).status_code == 403


def test_an_auditor_reads_the_one_show_of_their_link(office: Office) -> None:
    auditor = enter(office, code_of(office, WebRole.AUDITOR, show=SHOW))

    assert [ask(office, auditor, show=show).status_code for show in (SHOW, "別の作品")] == [200, 403]
    assert "別の作品" not in auditor.get(f"{office.browser.address}/reports", timeout=30).text


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_form_without_our_token_asks_for_nothing(office: Office, token: str) -> None:
    form = {"token": token, "report": "disclosure", "show": SHOW}

    assert manager(office).post(f"{office.browser.address}/reports", data=form, timeout=30).status_code == 403


def test_markup_in_a_form_stays_text(office: Office) -> None:
    page = ask(office, manager(office), episode="<script>alert(1)</script>")

    assert "<script>alert" not in page.text
