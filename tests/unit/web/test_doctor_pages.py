"""The doctor finds pages that nobody can reach, and secrets that guard nothing."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from integration.cli.doctor_pages import examine_pages
from integration.tracker.protocol import Verdict
from integration.web_settings import WebSettings

SECRET = SecretStr("sixteen characters at least")
WHOLE: dict[str, Any] = {"port": 8610, "public_url": "https://pages.studio.example", "menu_secret": SECRET}


def verdicts(**changed: Any) -> list[Verdict]:
    return [finding.verdict for finding in examine_pages(WebSettings(**changed))]


def test_pages_that_are_off_or_whole_are_in_order() -> None:
    assert verdicts() == [Verdict.OK]
    assert verdicts(**WHOLE) == [Verdict.OK]


@pytest.mark.parametrize(
    "changed",
    [{"port": 0}, {"public_url": ""}, {"menu_secret": SecretStr("")}, {"menu_secret": SecretStr("too short")}],
    ids=["no port", "no address", "no secret", "a short secret"],
)
def test_port_address_and_secret_are_set_together(changed: dict[str, Any]) -> None:
    (finding,) = examine_pages(WebSettings(**{**WHOLE, **changed}))

    assert finding.verdict is Verdict.FAILED and finding.remedy
    assert "sixteen" not in finding.detail


def test_a_secret_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (finding,) = examine_pages(WebSettings(port=8610, menu_secret_file=tmp_path / "absent"))

    assert finding.verdict is Verdict.FAILED and "absent" in finding.detail


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("a secret of the tests\n", encoding="utf-8")

    assert WebSettings(menu_secret_file=file).secret() == "a secret of the tests"


def test_what_is_open_or_unencrypted_is_a_warning() -> None:
    assert verdicts(**{**WHOLE, "host": "0.0.0.0"}) == [Verdict.OK, Verdict.WARNING]
    assert verdicts(**{**WHOLE, "public_url": "http://pages.studio.example"}) == [Verdict.OK, Verdict.WARNING]
    assert verdicts(**{**WHOLE, "public_url": "http://127.0.0.1:8610"}) == [Verdict.OK]


@pytest.mark.parametrize("address", ["pages.studio.example", "ftp://pages", "https://", "https://pages.studio.example/?a=1"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        WebSettings(public_url=address)
