"""The integration at work: polls, dispatches, sweeps and tells the durable stories until it is told to stop."""

import threading
import time

import structlog

from integration.errors import HaikeiError, TransientTrackerError
from integration.intake.dispatch import dispatch
from integration.intake.hook_registry import HookRegistry, load_hooks
from integration.intake.inbox import Inbox
from integration.intake.poll import poll
from integration.intake.sweep import sweep
from integration.studio import Studio
from integration.workflow import engine, queues
from integration.workflow.approval import TrackerActions
from integration.workflow.delivery import supersede
from integration.workflow.draft import DraftStory
from integration.workflow.notice import notice
from render_service.client import take_slot
from render_service.contract import Look

log = structlog.get_logger(__name__)

_LONGEST_PAUSE_S = 60.0


def serve(studio: Studio, stop: threading.Event) -> None:
    """Work until `stop` is set, then let the steps in hand finish.

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
        engine.launch(studio.settings.database_url(), lambda: _register(studio), queues=[queues.STORY_QUEUE])
        try:
            _work(studio, Inbox(studio.engine, studio.tracker.site), registry, stop)
        finally:
            engine.stop()
    finally:
        slot.release()


def _register(studio: Studio) -> None:
    engine.workflow(queues.DRAFT, lambda key, look, count: DraftStory(studio, key.partition("~")[0]).run(Look(**look), count))
    engine.workflow(queues.NOTICE, lambda key, task, kind, reason: notice(studio, key, task, kind, reason))
    engine.workflow(queues.SUPERSEDE, lambda key: engine.step("supersede", supersede, studio, key))


def _work(studio: Studio, inbox: Inbox, registry: HookRegistry, stop: threading.Event) -> None:
    rule, actions = studio.settings.intake, TrackerActions(studio)
    failures, next_sweep = 0, 0.0
    log.info("listening", site=studio.tracker.site, projects=len(studio.projects), hooks=len(registry.hooks))
    while not stop.is_set():
        try:
            poll(studio, inbox, registry)
            while dispatch(inbox, registry, actions, rule=rule) and not stop.is_set():
                pass
            if time.monotonic() >= next_sweep:
                sweep(studio, actions)
                next_sweep = time.monotonic() + rule.sweep_s
            failures = 0
        except TransientTrackerError as error:
            failures += 1
            log.warning("tracker unreachable", failures=failures, error=str(error), hint=error.hint)
        except HaikeiError as error:
            failures += 1
            log.exception("intake failed", failures=failures, hint=error.hint)
        stop.wait(min(_LONGEST_PAUSE_S, rule.poll_s * 2 ** min(failures, 10)))
