"""Text that no site would keep is refused, and the page goes on."""

import urllib.request
from typing import Any

import pytest
import shotgun_api3


@pytest.mark.parametrize("text", ["\ud800", "a\0b"], ids=["lone surrogate", "NUL"])
def test_text_that_is_no_text_is_refused_and_the_page_stays(sg: Any, text: str) -> None:
    shot = sg.find_one("Shot", [])

    with pytest.raises((shotgun_api3.Fault, UnicodeEncodeError)):
        sg.update("Shot", shot["id"], {"description": text})

    with urllib.request.urlopen(sg.base_url) as page:
        assert page.status == 200


def test_an_address_that_is_a_program_is_refused(sg: Any) -> None:
    version = sg.find_one("Version", [])

    with pytest.raises(shotgun_api3.Fault, match="http"):
        sg.update("Version", version["id"], {"sg_uploaded_movie": {"url": "javascript:alert(1)"}})


def test_a_filter_that_cannot_be_is_refused_with_its_reason(sg: Any) -> None:
    with pytest.raises(shotgun_api3.Fault, match="cannot be filtered"):
        sg.find("EventLogEntry", [["meta", "is", "x"]])
