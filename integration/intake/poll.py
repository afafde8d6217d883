"""Reads the tracker's event log, page by page, into the inbox."""

from integration.intake.hook_registry import HookRegistry
from integration.intake.inbox import Inbox
from integration.studio import Studio


def poll(studio: Studio, inbox: Inbox, registry: HookRegistry) -> int:
    """Store every event committed since the last look. Returns how many were new.

    Raises:
        TransientTrackerError: the tracker does not answer; nothing read so far is lost.
    """
    new = 0
    cursor = inbox.cursor()
    if cursor is None:
        cursor = studio.tracker.first_cursor()
        inbox.store((), cursor=cursor, registry=registry, projects=studio.projects)
    while True:
        page = studio.tracker.events_after(cursor)
        new += inbox.store(page.events, cursor=page.cursor, registry=registry, projects=studio.projects)
        if not page.more:
            return new
        cursor = page.cursor
