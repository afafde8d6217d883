"""What people write into the tracker's field is read in the keys of settings; hostile or broken text is refused in one line."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.approval_document import document_sha256
from integration.errors import SettingsError
from integration.policy_settings import LONGEST_TEXT, PolicyText, read_policy

WRITTEN = """
[[ai_use]]
allowed_by = "佐藤 花"
scope = "final"
episodes = ["ep03"]
vendors = ["背景班"]
until = 2027-03-31
[ai_models]
data = "licensed"
no_vendor_training = true
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_policy_is_read_whatever_ends_its_lines(ends: str) -> None:
    policy = read_policy("\ufeff" + WRITTEN.replace("\n", ends))

    (use,) = policy.ai_use
    assert (use.allowed_by, use.scope, use.until, use.steps) == ("佐藤 花", "final", date(2027, 3, 31), ("Background",))
    assert (policy.ai_models.data, policy.ai_models.no_vendor_training) == ("licensed", True)


def test_an_empty_field_allows_nothing() -> None:
    assert read_policy(" \n") == PolicyText()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("allowed!", "line 1"),
        ("[[ai_use]]\nallowed_by = 'x'", "ai_use.0.until: Field required"),
        ("[[ai_use]]\nallowed_by = ''\nuntil = 2027-01-01", "ai_use.0.allowed_by"),
        ("[[ai_use]]\nallowed_by = 'x'\nuntil = 2027-01-01\nscope = 'all'", "ai_use.0.scope"),
        ("[[ai_use]]\nallowed_by = 'x'\nuntil = 2027-01-01\nsudo = true", "ai_use.0.sudo"),
        ("[[ai_use]]\nallowed_by = 'x'\nuntil = 2027-01-01\ndocument = '/etc/shadow'", "document_sha256"),
        ("[[ai_use]]\nallowed_by = 'x'\nuntil = 2027-01-01\ndocument_sha256 = 'abc'", "document_sha256"),
        ("[ai_models]\ndata = 'none'", "ai_models.data"),
        ("#" * (LONGEST_TEXT + 1), "characters"),
        ("x = " + "[" * 9000 + "]" * 9000, ""),
        ("x = \x00", "line 1"),
    ],
)
def test_broken_and_hostile_text_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as told:
        read_policy(text)

    assert said in str(told.value)
    assert len(str(told.value)) < 300
    assert "\n" not in str(told.value)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert said_of(text).isprintable()


def said_of(text: str) -> str:
    """What is said of a text that is refused; empty for one that is read."""
    try:
        read_policy(text)
    except SettingsError as error:
        return str(error)
    return ""


def test_a_documents_hash_follows_its_bytes(tmp_path: Path) -> None:
    document = tmp_path / "approval.pdf"
    document.write_bytes(b"yes")
    first = document_sha256(document)

    document.write_bytes(b"no, not yet")

    assert first == "8a798890fe93817163b10b5f7bd2ca4d25d84c52739a645a889c173eee7d9d3d"
    assert document_sha256(document) != first


@pytest.mark.parametrize("path", ["missing.pdf", "folder", "empty.pdf"])
def test_what_is_no_document_is_said(tmp_path: Path, path: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.pdf").touch()

    with pytest.raises(SettingsError) as told:
        document_sha256(tmp_path / path)

    assert path in str(told.value)
