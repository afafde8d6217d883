"""What people and the tests do again and again on a site."""

from integration.events import TaskStatusChanged, TrackerEvent
from integration.production import BackgroundId, TaskId
from integration.tracker.protocol import DraftVersion, Tracker
from tests.contract.tracker.sites import Site

LIMIT_BYTES = 50_000_000


def layout_task(site: Site, code: str = "c012", *, status: str | None = None, assigned: bool = False) -> TaskId:
    cut = site.new_cut(code)
    return site.new_task(cut, step=site.layout_step, name="レイアウト", status=status or site.ready, assigned=assigned)


def review_task(site: Site, code: str) -> tuple[BackgroundId, TaskId]:
    cut = site.new_cut(code)
    return cut, site.new_task(cut, step=site.background_step, name="BG revision", status=site.ready)


def draft(site: Site, code: str = "c012", *, name: str = "") -> DraftVersion:
    cut, task = review_task(site, code)
    return DraftVersion(
        project=site.project.id,
        background=cut,
        task=task,
        name=name or f"{code} {site.draft_type} 背景案 1",
        description="<b>太字</b> & 夕方の教室",
        status=site.reviewed,
        version_type=site.draft_type,
    )


def events(tracker: Tracker, cursor: str, *, limit: int = 500) -> tuple[list[TrackerEvent], str]:
    found: list[TrackerEvent] = []
    for _ in range(1000):
        page = tracker.events_after(cursor, limit=limit)
        found += page.events
        cursor = page.cursor
        if not page.more:
            return found, cursor
    raise AssertionError("paging never ends")


def approvals(found: list[TrackerEvent], task: TaskId) -> list[TaskStatusChanged]:
    return [event for event in found if isinstance(event, TaskStatusChanged) and event.task == task]
