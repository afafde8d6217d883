"""Every event is kept once, however often and in whatever order it comes, and owed to each hook until done."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.database import make_tables, open_database
from integration.errors import HookError, TransientTrackerError
from integration.events import TaskStatusChanged, TimeLogged, TrackerEvent, VersionMediaUploaded, VersionStatusChanged
from integration.intake.dispatch import dispatch
from integration.intake.hook_registry import HookRegistry, On, Registered, load_hooks
from integration.intake.inbox import Inbox, from_json, to_json
from integration.production import EventId, Person, PersonId, ProjectId, TaskId, TimeLogId, VersionId
from integration.settings import IntakeSettings, ProjectSettings

PROJECT = ProjectId("70")
PROJECTS = {PROJECT: ProjectSettings()}
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def approval(number: int, *, old: str | None = "rev", new: str = "apr", project: ProjectId = PROJECT) -> TaskStatusChanged:
    by = Person(id=PersonId("HumanUser:41"), name="桜井 ひろ")
    return TaskStatusChanged(
        event_id=EventId(str(number)), order=number, at=AT, project=project, by=by, task=TaskId("2001"), old=old, new=new
    )


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    engine = open_database(f"sqlite:///{tmp_path / 'haikei.sqlite'}")
    make_tables(engine)
    return Inbox(engine, "studio.example")


class Heard:
    """A hook that remembers, and fails while told to."""

    def __init__(self, *, fails: int = 0) -> None:
        self.events: list[str] = []
        self.fails = fails

    def registered(self, name: str = "file.hook") -> Registered:
        return Registered(name=name, call=self, concerns=lambda event, rules: True)

    def __call__(self, event: TrackerEvent, actions: object) -> None:
        if self.fails:
            self.fails -= 1
            raise ValueError("the studio's own mistake")
        self.events.append(event.event_id)


def store(inbox: Inbox, *events: TrackerEvent, registry: HookRegistry, cursor: str | None = None) -> int:
    return inbox.store(events, cursor=cursor, registry=registry, projects=PROJECTS)


def run(inbox: Inbox, registry: HookRegistry, *, attempts: int = 3) -> int:
    return dispatch(inbox, registry, None, rule=IntakeSettings(hook_attempts=attempts, hook_retry_s=0), stop=threading.Event())  # type: ignore[arg-type]  # these hooks act on nothing


def test_the_same_event_twice_reaches_a_hook_once(inbox: Inbox) -> None:
    heard = Heard()
    registry = HookRegistry((heard.registered(),))

    store(inbox, approval(1), approval(1), registry=registry)
    store(inbox, approval(1), registry=registry)
    while run(inbox, registry):
        pass

    assert heard.events == ["1"]


def test_events_and_cursor_are_stored_together(inbox: Inbox) -> None:
    registry = HookRegistry(())

    assert inbox.cursor() is None
    store(inbox, approval(1), registry=registry, cursor="after 1")

    assert inbox.cursor() == "after 1"


def test_hooks_run_in_the_trackers_order(inbox: Inbox) -> None:
    heard = Heard()
    registry = HookRegistry((heard.registered(),))

    store(inbox, approval(9), approval(3), registry=registry)
    run(inbox, registry)

    assert heard.events == ["3", "9"]


def test_a_hook_that_raises_is_tried_again_then_set_aside_and_stops_no_other(inbox: Inbox) -> None:
    broken, sound = Heard(fails=99), Heard()
    registry = HookRegistry((broken.registered("a.broken"), sound.registered("b.sound")))

    store(inbox, approval(1), approval(2), registry=registry)
    for _ in range(5):
        run(inbox, registry)

    assert sound.events == ["1", "2"]
    assert [(d.event.event_id, d.hook, d.attempts) for d in inbox.set_aside()] == [("1", "a.broken", 3), ("2", "a.broken", 3)]
    assert "the studio's own mistake" in inbox.set_aside()[0].error


def test_a_tracker_that_does_not_answer_counts_no_try(inbox: Inbox) -> None:
    def unreachable(event: TrackerEvent, actions: object) -> None:
        raise TransientTrackerError("the site does not answer")

    registry = HookRegistry((Registered(name="file.hook", call=unreachable, concerns=lambda event, rules: True),))
    store(inbox, approval(1), registry=registry)

    with pytest.raises(TransientTrackerError):
        run(inbox, registry, attempts=1)

    assert inbox.set_aside() == []
    assert inbox.due() == []


def test_a_hook_that_recovers_hears_the_event(inbox: Inbox) -> None:
    heard = Heard(fails=2)
    registry = HookRegistry((heard.registered(),))

    store(inbox, approval(1), registry=registry)
    for _ in range(3):
        run(inbox, registry)

    assert heard.events == ["1"]
    assert inbox.set_aside() == []


def test_a_replayed_event_is_owed_once_more(inbox: Inbox) -> None:
    heard = Heard()
    registry = HookRegistry((heard.registered(),))
    store(inbox, approval(1), registry=registry)
    run(inbox, registry)

    assert inbox.again("1") == 1
    assert inbox.again("no such event") == 0
    run(inbox, registry)

    assert heard.events == ["1", "1"]


def test_events_of_projects_that_are_not_enabled_are_left_alone(inbox: Inbox) -> None:
    heard = Heard()
    registry = HookRegistry((heard.registered(),))

    assert store(inbox, approval(1, project=ProjectId("99")), registry=registry) == 0
    run(inbox, registry)

    assert heard.events == []


@settings(max_examples=20)
@given(st.permutations([approval(n) for n in (1, 2, 2, 3, 3, 3)]))
def test_order_and_repetition_do_not_matter(events: list[TrackerEvent]) -> None:
    with TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/haikei.sqlite")
        make_tables(engine)
        inbox, heard = Inbox(engine, "studio.example"), Heard()
        registry = HookRegistry((heard.registered(),))

        for event in events:
            store(inbox, event, registry=registry)
        run(inbox, registry)
        engine.dispose()

    assert heard.events == ["1", "2", "3"]


@pytest.mark.parametrize(
    "event",
    [
        approval(1, old=None),
        VersionMediaUploaded(event_id=EventId("2"), order=2, at=AT, project=PROJECT, by=None, version=VersionId("9")),
        VersionStatusChanged(event_id=EventId("3"), order=3, at=AT, project=PROJECT, by=None, version=VersionId("9"), old=None, new="rev"),
        TimeLogged(event_id=EventId("4"), order=4, at=AT, project=PROJECT, by=None, time_log=TimeLogId("7")),
    ],
)
def test_an_event_survives_being_stored(event: TrackerEvent) -> None:
    assert from_json(to_json(event)) == event


@pytest.mark.parametrize(
    ("old", "new", "entered", "left"),
    [
        ("rev", "apr", True, False),
        ("apr", "rev", False, True),
        ("apr", "fin", False, False),
        (None, "apr", True, False),
        ("rev", "ip", False, False),
    ],
)
def test_approved_stands_for_every_status_the_show_calls_so(old: str | None, new: str, entered: bool, left: bool) -> None:
    on, rules = On("file"), ProjectSettings(approved=("apr", "fin"))
    on.task_status(becomes="approved")(lambda event, actions: None)
    on.task_status(leaves="approved")(lambda event, actions: None)
    enters, leaves = (hook.concerns for hook in on.registered)

    event = approval(1, old=old, new=new)

    assert (enters(event, rules), leaves(event, rules)) == (entered, left)


def test_a_studios_own_hooks_stand_beside_the_built_in_ones(tmp_path: Path) -> None:
    (tmp_path / "ours.py").write_text(
        "def register(on):\n    @on.task_status(becomes='hld')\n    def shout(event, actions):\n        pass\n"
    )

    names = [hook.name for hook in load_hooks([tmp_path]).hooks]

    assert "ours.shout" in names
    assert "layout_approved.start_background_draft" in names


@pytest.mark.parametrize("text", ["def register(", "x = 1", "import no_such_module_anywhere"])
def test_a_hook_file_that_cannot_be_loaded_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.py").write_text(text)

    with pytest.raises(HookError, match=r"broken\.py"):
        load_hooks([tmp_path])


def test_a_missing_hooks_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(HookError, match="nowhere"):
        load_hooks([tmp_path / "nowhere"])
