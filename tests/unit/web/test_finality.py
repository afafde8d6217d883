"""What was said before a shot was final counts, however late we hear of it; what is said after does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from integration.events import OutcomeSaid, VersionStatusChanged
from integration.intake.hook_registry import HookRegistry
from integration.intake.inbox import Inbox
from integration.ledger.vocabulary import Verdict
from integration.production import EventId, Person, PersonId, ProjectId, VersionId
from integration.workflow.outcome import outcome_called, record_outcome
from tests.unit.web.conftest import ARTIST, Delivered, Office

ARTIST_PERSON = Person(id=PersonId(f"HumanUser:{ARTIST}"), name="背 景子")


def said(there: Delivered, order: int, words: str = "used") -> OutcomeSaid:
    """The artist's word, as the tracker's event of that place tells it."""
    return OutcomeSaid(
        event_id=EventId(f"test {there.cut.number} {order}"),
        order=order,
        at=datetime.now(UTC) - timedelta(minutes=1),
        project=ProjectId("70"),
        by=ARTIST_PERSON,
        version=VersionId(str(there.versions[0])),
        said=words,
    )


def final(office: Office, there: Delivered, order: int, *, status: str = "apr") -> None:
    """Somebody marks the draft itself, and the inbox holds the event."""
    office.coordinator.update("Version", there.versions[0], {"sg_status_list": status})
    about = said(there, order)
    event = VersionStatusChanged(
        event_id=EventId(f"{about.event_id} final"),
        order=order,
        at=about.at,
        project=about.project,
        by=None,
        version=about.version,
        old="aidr",
        new=status,
    )
    Inbox(office.studio.engine, office.studio.tracker.site).store(
        [event], cursor=None, registry=HookRegistry(()), projects=office.studio.projects
    )


def test_a_word_before_the_final_status_counts_however_late_it_is_heard(office: Office) -> None:
    there = office.deliver(18)
    final(office, there, order=900)

    record_outcome(office.studio, VersionId(str(there.versions[0])), said(there, order=899))

    assert len(office.outcomes(there.cut)) == 1


def test_a_word_after_the_final_status_does_not(office: Office) -> None:
    there = office.deliver(19)
    final(office, there, order=900)

    record_outcome(office.studio, VersionId(str(there.versions[0])), said(there, order=901))

    assert office.outcomes(there.cut) == []


def test_a_word_after_a_retake_counts_again(office: Office) -> None:
    there = office.deliver(20)
    final(office, there, order=900)
    final(office, there, order=905, status="rev")

    record_outcome(office.studio, VersionId(str(there.versions[0])), said(there, order=906))

    assert len(office.outcomes(there.cut)) == 1


def test_a_word_heard_twice_is_recorded_once_even_after_the_end(office: Office) -> None:
    there = office.deliver(21)
    word = said(there, order=899)
    record_outcome(office.studio, word.version, word)
    final(office, there, order=900)

    record_outcome(office.studio, word.version, word)

    assert len(office.outcomes(there.cut)) == 1


def test_words_by_nobody_and_about_other_versions_are_left_alone(office: Office) -> None:
    there = office.deliver(22)
    word = said(there, order=1)

    record_outcome(office.studio, word.version, replace(word, by=None))
    record_outcome(office.studio, VersionId("424242"), word)
    record_outcome(office.studio, word.version, replace(word, said="so so"))

    assert office.outcomes(there.cut) == []


def test_an_outcome_is_known_in_any_spelling() -> None:
    assert {outcome_called(text) for text in ("partly used", "Partly Used", "partly_used", " partly-used ")} == {Verdict.PARTLY_USED}
    assert outcome_called("layout only") is Verdict.LAYOUT_ONLY
    assert [outcome_called(text) for text in ("", "approved", "chosen", "使った")] == [None] * 4
