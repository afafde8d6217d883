"""The integration at work: polls, dispatches, sweeps and tells the durable stories until it is told to stop."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import structlog

from integration.errors import DatabaseError, HaikeiError, TransientStorageError, TransientTrackerError
from integration.intake.bell import Bell
from integration.intake.dispatch import dispatch
from integration.intake.hook_registry import HookRegistry, load_hooks
from integration.intake.inbox import Inbox
from integration.intake.nudge import nudged
from integration.intake.poll import poll
from integration.intake.sweep import sweep
from integration.production import VersionId
from integration.studio import Studio
from integration.workflow import engine, queues, revision
from integration.workflow.approval import TrackerActions
from integration.workflow.delivery import supersede
from integration.workflow.draft import DraftStory
from integration.workflow.looked_through import look_through
from integration.workflow.menu_desk import WorkflowDesk
from integration.workflow.no_draft import HandOver
from integration.workflow.notice import notice
from integration.workflow.order import Order
from integration.workflow.publishing import publish_due
from integration.workflow.questions import tell_flag
from integration.workflow.summary import summarise
from render_service.client import SlotLock, take_slot

log = structlog.get_logger(__name__)

_LONGEST_PAUSE_S = 60.0
_WHOLE_EVERY = 6
"""One sweep in so many looks at delivered layouts, too."""


def serve(studio: Studio, stop: threading.Event, listening: threading.Event | None = None) -> None:
    """Work until `stop` is set, then let the steps in hand finish; `listening` is set when events are read.

    Raises:
        HaikeiError: another integration works on this database, or a hook file cannot be loaded.
    """
    slot = take_slot(studio.settings.database_url(), engine.EXECUTOR)
    if slot is None:
        raise HaikeiError(
            "another haikei integration already works on this database", hint="Stop it first; `haikei status` needs no second one."
        )
    try:
        registry = load_hooks(studio.settings.hooks.folders)
        engine.launch(studio.settings.database_url(), lambda: _register(studio, stop), queues=[queues.STORY_QUEUE, queues.ERRAND_QUEUE])
        try:
            _work(studio, registry, slot, stop, listening or threading.Event())
        finally:
            stop.set()
            engine.stop()
    finally:
        slot.release()


def _register(studio: Studio, stop: threading.Event) -> None:
    desk = threading.Lock()
    engine.workflow(queues.DRAFT, lambda key, order: DraftStory(studio, key, stop, desk).run(Order.from_json(order)))
    engine.workflow(queues.NOTICE, lambda key, told: notice(studio, key, told))
    engine.workflow(queues.LOOK_THROUGH, lambda version: engine.step("look through", look_through, studio, version))
    engine.workflow(queues.TELL_FLAG, lambda index, project, show: engine.step("tell flag", tell_flag, studio, index, project, show))
    engine.workflow(queues.REVISION, lambda version, event: _revision(studio, version, event))
    engine.workflow(queues.MEASURE, lambda *about: engine.step("measure revision", revision.measure, studio, *about))
    engine.workflow(queues.SUMMARY, lambda background, shots: engine.step("write summaries", summarise, studio, background, shots))
    engine.workflow(queues.NO_DRAFT, lambda background, project: HandOver(studio, desk).run(background, project))
    engine.workflow(queues.SUPERSEDE, lambda key: engine.step("supersede", supersede, studio, key))


def _revision(studio: Studio, version: str, event: str) -> str:
    taken = engine.step("take revision in", revision.take_in_present, studio, version, event)
    return engine.step("measure revision", revision.measure, studio, taken[0], version, taken[1]) if taken else ""


class _Intake:
    """What is looked at in turn: the tracker's events and what they owe, now and then its present state, and the record."""

    def __init__(self, studio: Studio, registry: HookRegistry, stop: threading.Event) -> None:
        self._studio, self._registry, self._stop = studio, registry, stop
        self._inbox = Inbox(studio.engine, studio.tracker.site)
        self._actions = TrackerActions(studio)
        self._sweeps, self._next_sweep, self._next_record = 0, 0.0, 0.0
        self._missing: set[VersionId] = set()

    def look(self, desk: WorkflowDesk, listening: threading.Event) -> None:
        """Look once; `listening` is set when events were read."""
        rule = self._studio.settings.intake
        poll(self._studio, self._inbox, self._registry)
        listening.set()
        while dispatch(self._inbox, self._registry, self._actions, rule=rule, stop=self._stop):
            pass
        if time.monotonic() >= self._next_sweep:
            desk.learn()
            whole = self._sweeps % _WHOLE_EVERY == 0
            sweep(self._studio, self._actions, whole=whole, stop=self._stop, missing=self._missing)
            self._next_sweep, self._sweeps = time.monotonic() + rule.sweep_s, self._sweeps + 1
        self._next_record = publish_due(self._studio, self._next_record)


@contextmanager
def _told(studio: Studio, bell: Bell, desk: WorkflowDesk) -> Iterator[None]:
    """While it is open the tracker rings; where its line cannot be opened, looking every `intake.poll_s` finds everything, too."""
    with ExitStack() as lines:
        try:
            lines.enter_context(studio.tracker.listen(bell.ring, desk))
        except TransientTrackerError as error:
            log.warning("not told by the tracker", error=str(error), hint=error.hint)
        yield


def _work(studio: Studio, registry: HookRegistry, slot: SlotLock, stop: threading.Event, listening: threading.Event) -> None:
    intake, bell, desk = _Intake(studio, registry, stop), Bell(stop), WorkflowDesk(studio)
    failures = 0
    log.info("listening", site=studio.tracker.site, projects=len(studio.projects), hooks=len(registry.hooks))
    rule = studio.settings.intake
    with nudged(rule.nudge_host, rule.nudge_port, bell.ring), _told(studio, bell, desk):
        while not stop.is_set():
            if not slot.is_held():
                raise DatabaseError("the database forgot that we hold it", hint="It was restarted; start `haikei up` again.")
            try:
                intake.look(desk, listening)
                failures = 0
            except (TransientTrackerError, TransientStorageError) as error:
                failures += 1
                log.warning("no answer", failures=failures, error=str(error), hint=error.hint)
            except Exception:
                failures += 1
                log.exception("intake failed", failures=failures)
            if failures:
                stop.wait(min(_LONGEST_PAUSE_S, rule.poll_s * 2 ** min(failures, 10)))
            else:
                bell.wait(rule.poll_s)
