"""haikei helps people prepare what others ask of them; it never tells them that a rule is met."""

import re
from pathlib import Path

import pytest

from tests.house.source_files import HOUSE, python_files, relative

PROMISES = re.compile(r"\b(complies|comply|compliant|compliance|certifies|guarantees?)\b|準拠|適合|遵守", re.IGNORECASE)


@pytest.mark.parametrize("file", python_files("integration/reports", "integration/ledger/recompute"), ids=relative)
def test_no_report_says_that_a_rule_is_met(file: Path) -> None:
    assert not PROMISES.search(file.read_text(encoding="utf-8"))


def test_disclosures_say_that_they_help_to_prepare() -> None:
    told = (HOUSE / "integration/reports/disclosure_words.py").read_text(encoding="utf-8")

    assert "helps you prepare" in told
    assert "準備を助ける" in told
