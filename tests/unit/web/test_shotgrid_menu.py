"""A form of ShotGrid's menu counts only as the site signed it, only for a while, and only once in every byte."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.tracker.menu import Fault, MenuError
from integration.tracker.shotgrid.menu import ShotGridMenu, signed
from tests.menu_item import SECRET, form_of

SITE = "studio.shotgrid.autodesk.com"
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
MENU = ShotGridMenu(secret=SECRET, site=SITE, age=timedelta(minutes=5), skew=timedelta(seconds=30))


def form(**changed: str) -> dict[str, str]:
    return form_of(user=45, about=[777, 778], site=SITE, at=NOW, **changed)


def fault_of(fields: dict[str, str], *, now: datetime = NOW) -> Fault:
    with pytest.raises(MenuError) as refused:
        MENU.read(urlencode(fields).encode(), now=now)
    return refused.value.fault


def test_a_signed_form_names_who_and_what() -> None:
    call = MENU.read(urlencode(form()).encode(), now=NOW)

    assert (call.person, call.versions, call.tasks, call.at) == ("HumanUser:45", ("777", "778"), (), NOW)


def test_the_signature_is_the_one_that_openssl_makes() -> None:
    # printf 'a=1\r\nb=\r\n' | openssl dgst -sha1 -hmac key
    assert signed({"b": "", "a": "1"}, b"key") == "9abeee5aaa09df56ab41e8787c97df28dc7ebd65"


@pytest.mark.parametrize("name", sorted(form()))
def test_no_field_can_be_changed_or_taken_away(name: str) -> None:
    whole = form()
    changed = {**whole, name: "f" * 40 if name == "signature" else f"{whole[name]}1"}
    shorter = {key: value for key, value in whole.items() if key != name}

    assert fault_of(changed) is Fault.UNSIGNED
    assert fault_of(shorter) is Fault.UNSIGNED


def test_no_field_can_be_added() -> None:
    assert fault_of({**form(), "more": ""}) is Fault.UNSIGNED


def test_another_secret_signs_nothing() -> None:
    assert fault_of(form_of(user=45, about=[777], site=SITE, at=NOW, secret="another secret of the tests")) is Fault.UNSIGNED


def test_a_form_ends_with_its_age() -> None:
    body = urlencode(form()).encode()

    assert MENU.read(body, now=NOW + timedelta(minutes=5)).at == NOW
    assert fault_of(form(), now=NOW + timedelta(minutes=5, seconds=1)) is Fault.OLD


def test_a_form_from_the_future_counts_within_the_skew_alone() -> None:
    body = urlencode(form()).encode()

    assert MENU.read(body, now=NOW - timedelta(seconds=30)).at == NOW
    assert fault_of(form(), now=NOW - timedelta(seconds=31)) is Fault.EARLY


@pytest.mark.parametrize("text", ["", "2026-11-23", "2026-11-23T05:00:00+09:00", "now", "9" * 40])
def test_a_form_without_a_moment_is_not_read(text: str) -> None:
    assert fault_of(form(timestamp=text)) is Fault.UNREADABLE


@pytest.mark.parametrize(
    ("split", "joined"),
    [
        ({"title": "x\r\nuser_id=1"}, "a value that holds a line of another field"),
        ({"view": "a\nb"}, "a line feed alone"),
        ({"na me": "x"}, "a name with a space"),
        ({"a=b": "c"}, "a name with the sign between name and value"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_two_forms_cannot_share_one_signature(split: dict[str, str], joined: str) -> None:
    assert fault_of(form(**split)) is Fault.UNREADABLE, joined


def test_a_field_that_comes_twice_is_not_read() -> None:
    body = urlencode([*form().items(), ("user_id", "1")]).encode()

    with pytest.raises(MenuError) as refused:
        MENU.read(body, now=NOW)
    assert refused.value.fault is Fault.UNREADABLE


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"server_hostname": "rival.shotgrid.autodesk.com"}, Fault.ELSEWHERE),
        ({"server_hostname": ""}, Fault.ELSEWHERE),
        ({"entity_type": "Shot"}, Fault.OTHER_KIND),
        ({"selected_ids": ""}, Fault.NOTHING),
        ({"selected_ids": "", "ids": ""}, Fault.NOTHING),
        ({"selected_ids": "777,x"}, Fault.UNREADABLE),
        ({"selected_ids": "７７７"}, Fault.UNREADABLE),
        ({"selected_ids": ",".join(map(str, range(1, 22)))}, Fault.TOO_MUCH),
        ({"user_id": "45 OR 1=1"}, Fault.UNREADABLE),
        ({"user_id": ""}, Fault.UNREADABLE),
    ],
)
def test_a_signed_form_about_something_else_says_so(changed: dict[str, str], fault: Fault) -> None:
    assert fault_of(form(**changed)) is fault


def test_a_site_may_go_by_its_older_address() -> None:
    assert MENU.read(urlencode(form(server_hostname="studio.shotgunstudio.com")).encode(), now=NOW).at == NOW


def test_on_its_own_page_a_version_counts_as_selected() -> None:
    call = MENU.read(urlencode(form(selected_ids="", ids="777")).encode(), now=NOW)

    assert call.versions == ("777",)


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"",
        lambda: b"not a form",
        lambda: "署名".encode(),
        lambda: b"a=%ff%fe",
        lambda: b"&".join(b"f%d=1" % n for n in range(500)),
    ],
    ids=["nothing", "no form", "Japanese", "no UTF-8", "500 fields"],
)
def test_what_is_no_form_is_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(MenuError):
        MENU.read(make(), now=NOW)


@given(body=st.binary(max_size=400))
def test_no_bytes_break_the_reading(body: bytes) -> None:
    with pytest.raises(MenuError):
        MENU.read(body, now=NOW)
