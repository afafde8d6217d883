"""What people say on the pages is recorded once, by those who may, as they said it last."""

from datetime import UTC, datetime, timedelta

import pytest
import structlog

from integration.ledger.vocabulary import Role, Verdict
from integration.production import PersonId, VersionId
from integration.web.seal import LIFE, Seal
from tests.menu_item import form_of, text_of, tokens
from tests.unit.web.conftest import ARTIST, COORDINATOR, STRANGER, Office

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def test_the_menu_shows_what_was_said_and_writes_nothing(office: Office) -> None:
    there = office.deliver(1)

    page = office.browser.choose(office.form(ARTIST, *there.versions))

    assert page.status == 200
    assert "c001 BG AI draft r1 A" in text_of(page) and "c001 BG AI draft r1 B" in text_of(page)
    assert text_of(page).count("まだ何も記録されていません") == 2
    assert text_of(page).count("<button") == 10
    assert office.outcomes(there.cut) == []


def test_a_button_records_who_said_what_and_shows_where(office: Office) -> None:
    there = office.deliver(2)
    page = office.browser.choose(office.form(ARTIST, there.versions[0]))

    after = office.browser.press(page, "partly_used")

    (entry,) = office.outcomes(there.cut)
    assert entry.decision is not None and entry.decision.verdict is Verdict.PARTLY_USED
    assert entry.actor.role is Role.BACKGROUND_ARTIST and entry.actor.ref == entry.decision.set_by
    assert entry.asset is not None and entry.tracker is not None
    assert (entry.tracker.version_id, entry.tracker.event_id) == (str(there.versions[0]), "")
    assert after.status == 200
    assert "Recorded as entry #" in text_of(after) and "背 景子" in text_of(after)


def test_a_button_pressed_twice_and_a_form_sent_twice_record_once(office: Office) -> None:
    there, form = office.deliver(3), None
    form = office.form(ARTIST, there.versions[0])
    first, second = office.browser.choose(form), office.browser.choose(form)

    answers = [office.browser.press(page, "used") for page in (first, first, second)]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert len(office.outcomes(there.cut)) == 1


def test_a_word_may_be_changed_and_both_stand(office: Office) -> None:
    there = office.deliver(4)
    page = office.browser.choose(office.form(ARTIST, there.versions[0]))

    after = office.browser.press(page, "used")
    last = office.browser.press(after, "layout_only")

    said = [entry.decision.verdict for entry in office.outcomes(there.cut) if entry.decision]
    assert said == [Verdict.USED, Verdict.LAYOUT_ONLY]
    shown = text_of(last)
    assert shown.index("<strong>原図から描いた") < shown.index("<strong>使った")


def test_an_old_page_does_not_pass_for_the_last_word(office: Office) -> None:
    there = office.deliver(5)
    page = office.browser.choose(office.form(ARTIST, there.versions[0]))
    office.browser.press(page, "used")
    office.browser.press(page, "not_used")

    old = office.browser.press(page, "used")
    again = office.browser.press(old, "used")

    assert old.status == 409 and "This page was old" in text_of(old)
    assert again.status == 200
    assert [e.decision.verdict for e in office.outcomes(there.cut) if e.decision] == [Verdict.USED, Verdict.NOT_USED, Verdict.USED]


def test_a_task_shows_every_draft_with_buttons_of_its_own(office: Office) -> None:
    there = office.deliver(6)

    page = office.browser.choose(office.form(ARTIST, there.task, kind="Task"))
    office.browser.press(page, "not_used", card=1)

    (entry,) = office.outcomes(there.cut)
    assert len(set(tokens(page))) == 2
    assert entry.tracker is not None and entry.tracker.version_id == str(there.versions[1])


def test_whoever_is_in_the_assigned_group_may_say(office: Office) -> None:
    there = office.deliver(7, to="Group:8")

    office.browser.press(office.browser.choose(office.form(ARTIST, there.versions[0])), "used")

    assert [entry.actor.role for entry in office.outcomes(there.cut)] == [Role.BACKGROUND_ARTIST]


def test_whom_the_show_names_may_say_and_is_not_called_the_artist(office: Office) -> None:
    there = office.deliver(8)

    office.browser.press(office.browser.choose(office.form(COORDINATOR, there.versions[0])), "used")

    assert [entry.actor.role for entry in office.outcomes(there.cut)] == [None]


def test_a_stranger_is_refused_in_plain_words_and_learns_nothing(office: Office) -> None:
    there = office.deliver(9)
    office.browser.press(office.browser.choose(office.form(ARTIST, there.versions[0])), "not_used")

    page = office.browser.choose(office.form(STRANGER, there.versions[0]))

    assert page.status == 403
    assert "may say what became of a draft" in text_of(page)
    assert "背 景子" not in text_of(page) and "使わなかった" not in text_of(page)


def test_somebody_who_left_or_never_was_there_is_refused(office: Office) -> None:
    there = office.deliver(10, to="HumanUser:43")
    office.coordinator.update("HumanUser", 43, {"sg_status_list": "dis"})

    left = office.browser.choose(office.form(43, there.versions[0]))
    nobody = office.browser.choose(office.form(999, there.versions[0]))

    assert (left.status, nobody.status) == (403, 403)
    assert "no active person" in text_of(left)


def test_who_lost_the_task_meanwhile_records_nothing(office: Office) -> None:
    there = office.deliver(11)
    page = office.browser.choose(office.form(ARTIST, there.versions[0]))
    office.coordinator.update("Task", there.task, {"task_assignees": [{"type": "HumanUser", "id": STRANGER}]})

    after = office.browser.press(page, "used")

    assert after.status == 403
    assert office.outcomes(there.cut) == []


def test_what_is_no_draft_is_left_out_and_said_so(office: Office) -> None:
    there = office.deliver(12)

    some = office.browser.choose(office.form(ARTIST, there.versions[0], 424242))
    none = office.browser.choose(office.form(ARTIST, 424242))

    assert some.status == 200 and len(tokens(some)) == 1 and "is no AI draft" in text_of(some)
    assert none.status == 404


def test_a_final_draft_says_so_and_records_nothing(office: Office) -> None:
    there = office.deliver(13)
    page = office.browser.choose(office.form(ARTIST, *there.versions))
    office.coordinator.update("Version", there.versions[0], {"sg_status_list": "apr"})

    pressed = office.browser.press(page, "used")
    shown = office.browser.choose(office.form(ARTIST, *there.versions))
    office.coordinator.update("Version", there.versions[0], {"sg_status_list": "rev"})
    reopened = office.browser.choose(office.form(ARTIST, *there.versions))

    assert pressed.status == 409 and "haikei person state" in text_of(pressed)
    assert len(tokens(shown)) == 1 and "haikei person state" in text_of(shown)
    assert len(tokens(reopened)) == 2
    assert office.outcomes(there.cut) == []


def test_what_stands_in_the_tracker_is_shown_as_text(office: Office) -> None:
    office.coordinator.update("Shot", 1014, {"code": "<script>alert(1)</script>"})
    there = office.deliver(14)

    page = office.browser.choose(office.form(ARTIST, there.versions[0]))

    assert "<script" not in text_of(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text_of(page)


def test_a_token_that_was_changed_or_made_elsewhere_opens_nothing(office: Office) -> None:
    there = office.deliver(15)
    (token,) = tokens(office.browser.choose(office.form(ARTIST, there.versions[0])))
    foreign = Seal().sealed(PersonId("HumanUser:45"), VersionId(str(there.versions[0])), at=NOW, now=datetime.now(UTC))

    for other in (f"{token[:-4]}AAAA", f"A{token[1:]}", foreign, "", "x" * 500, "署名"):
        assert office.browser.post("/outcome", {"token": other, "outcome": "used"}).status == 403, other
    assert office.browser.post("/outcome", {"token": token, "outcome": "stolen"}).status == 400
    assert office.outcomes(there.cut) == []


def test_a_token_ends() -> None:
    seal = Seal()
    token = seal.sealed(PersonId("HumanUser:45"), VersionId("777"), at=NOW, now=NOW)

    assert seal.opened(token, now=NOW + LIFE) is not None
    assert seal.opened(token, now=NOW + LIFE + timedelta(milliseconds=1)) is None


def test_a_forged_form_is_refused_and_the_log_holds_nothing_of_it(office: Office) -> None:
    there = office.deliver(16)
    forged = form_of(user=ARTIST, about=there.versions, site=office.studio.tracker.site, secret="a secret that was guessed")
    old = form_of(user=ARTIST, about=there.versions, site=office.studio.tracker.site, at=datetime.now(UTC) - timedelta(minutes=6))

    with structlog.testing.capture_logs() as logged:
        answers = [office.browser.choose(form) for form in (forged, old)]

    assert [answer.status for answer in answers] == [403, 403]
    assert "signature does not fit" in text_of(answers[0]) and "too long ago" in text_of(answers[1])
    assert [line["why"] for line in logged if line["event"] == "menu refused"] == ["unsigned", "old"]
    for secret in (forged["signature"], old["signature"], "somebody", "HumanUser"):
        assert secret not in str(logged)


@pytest.mark.parametrize("form", [{}, {"a": "1"}])
def test_a_form_of_nothing_is_refused(office: Office, form: dict[str, str]) -> None:
    assert office.browser.choose(form).status in (400, 403)
