"""Hands what the inbox owes to the hooks; one that raises is tried again, then set aside, and never stops the others."""

import threading

import sqlalchemy as sa
import structlog

from integration.errors import TransientStorageError, TransientTrackerError
from integration.intake.actions import Actions
from integration.intake.hook_registry import HookRegistry
from integration.intake.inbox import Delivery, Inbox
from integration.settings import IntakeSettings

log = structlog.get_logger(__name__)


_TRANSIENT = (TransientTrackerError, TransientStorageError, sa.exc.OperationalError)


def dispatch(inbox: Inbox, registry: HookRegistry, actions: Actions, *, rule: IntakeSettings, stop: threading.Event) -> int:
    """Run every hook that is due, in the tracker's order, until `stop` is set. Returns how many ran.

    Raises:
        TransientTrackerError, TransientStorageError, sqlalchemy.exc.OperationalError: something outside does not answer; what
            is owed stays owed and counts no try.
    """
    ran = 0
    for delivery in inbox.due():
        if stop.is_set():
            break
        _deliver(delivery, inbox, registry, actions, rule)
        ran += 1
    return ran


def _deliver(delivery: Delivery, inbox: Inbox, registry: HookRegistry, actions: Actions, rule: IntakeSettings) -> None:
    hook = registry.named(delivery.hook)
    bound = log.bind(event_id=delivery.event.event_id, hook=delivery.hook, project=delivery.event.project)
    try:
        if hook is None:
            raise LookupError(f"the hook {delivery.hook} is no longer installed")
        hook.call(delivery.event, actions)
    except _TRANSIENT as error:
        inbox.postpone(delivery, f"{type(error).__name__}: {error}")
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a studio's hook may raise anything; it must not stop the others
        if inbox.failed(delivery, f"{type(error).__name__}: {error}", rule=rule):
            bound.exception("event set aside", hint="`haikei status` lists it; mend the cause, then `haikei replay EVENT`.")
        else:
            bound.warning("hook failed", attempts=delivery.attempts + 1, error=str(error))
    else:
        inbox.done(delivery)
