"""Pages over a pretend studio in which drafts were delivered, without a worker: rows and Versions are made here."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import shotgun_api3

from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind
from integration.production import BackgroundId, PersonId, ProjectId, TaskId
from integration.sandbox.server import RunningSandbox, start_sandbox
from integration.settings import read_settings
from integration.studio import Studio, open_studio
from integration.tracker.protocol import DraftVersion
from integration.web.server import served_pages
from integration.web.visit import Gate
from integration.workflow import rounds
from integration.workflow.rounds import Approval, DraftState
from tests.menu_item import SECRET, Browser, form_of, free_port
from tests.pretend_episode import PROJECT_ID, Cut, write_episode
from tests.running_haikei import write_settings
from tests.shotgrid_floor import shotgrid_block, signed_in

ARTIST, COORDINATOR, STRANGER = 45, 41, 42


@dataclass(frozen=True, slots=True)
class Delivered:
    """What stands on one cut's review task."""

    cut: Cut
    task: int
    versions: list[int]


@dataclass(frozen=True, slots=True)
class Office:
    """The pages, the studio behind them, and people who use them."""

    studio: Studio
    sandbox: RunningSandbox
    coordinator: shotgun_api3.Shotgun
    browser: Browser

    def deliver(self, number: int, *, to: str = "HumanUser:45", drafts: int = 2) -> Delivered:
        """Two drafts of a cut, on a review task assigned to somebody."""
        cut, tracker = Cut(number), self.studio.tracker
        background = tracker.background(BackgroundId(f"Shot:{cut.shot}"))
        assigned = [PersonId(to)] if to else []
        task = tracker.open_task(
            background, step="Background", name="BG revision", status="rdy", assignees=assigned, key=f"review:{number}"
        )
        with self.studio.engine.begin() as connection:
            row = rounds.open_round(connection, _approval(self.studio, cut, background.code), number=1)
            rounds.change(connection, row.key, state=DraftState.DELIVERED, review_task=task.id)
        versions = []
        for place in range(drafts):
            asked = DraftVersion(
                project=ProjectId(str(PROJECT_ID)),
                background=background.id,
                task=task.id,
                name=f"{cut.code} AI draft {place}",
                description="",
                status="aidr",
                version_type="AI draft",
            )
            version = tracker.create_version(asked, key=f"{row.key}#{place}")
            with self.studio.engine.begin() as connection:
                rounds.keep_picture(connection, row.key, place, seed=place, sha256=f"{number:032x}{place:032x}", version=version)
            versions.append(int(version))
        return Delivered(cut, int(task.id), versions)

    def form(self, user: int, *ids: int, kind: str = "Version") -> dict[str, str]:
        """The form of the menu item, as the site signs it now."""
        return form_of(user=user, about=ids, site=self.studio.tracker.site, kind=kind)

    def outcomes(self, cut: Cut) -> list[Entry]:
        """What the record holds of a cut's drafts."""
        with self.studio.engine.connect() as connection:
            return [entry for _, entry in log.read(connection, background=f"Shot:{cut.shot}", kinds=[Kind.DRAFT_OUTCOME])]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The pages at work; each test takes a cut of its own."""
    folder = tmp_path_factory.mktemp("office")
    yield from opened(folder, requests_per_minute=10_000)


def opened(folder: Path, *, gate: Gate | None = None, **web: object) -> Iterator[Office]:
    """An office in a folder of its own; `web` adds to the pages' settings, `gate` lets people in."""
    with start_sandbox(write_episode(folder / "seed", cuts=30, genzu=False), folder=folder / "studio") as sandbox:
        pages = {"port": free_port(), "menu_secret": SECRET, **web}
        file = write_settings(
            folder, "shotgrid", shotgrid_block(sandbox), {"outcome_by": ["sakura", "nobody of this name"]}, workers=0, web=pages
        )
        studio = open_studio(read_settings(file))
        list(studio.tracker.set_up(apply=True))
        with signed_in(sandbox.url) as coordinator, served_pages(studio, gate=gate) as address:
            yield Office(studio, sandbox, coordinator, Browser(address))
        studio.queue.destroy()
        studio.engine.dispose()


def _approval(studio: Studio, cut: Cut, code: str) -> Approval:
    return Approval(
        site=studio.tracker.site,
        project=str(PROJECT_ID),
        background=f"Shot:{cut.shot}",
        part="BG",
        code=code,
        layout_task=TaskId(str(cut.layout_task)),
        genzu_version=f"{cut.genzu}/1",
        genzu_sha256=f"{cut.number:064x}",
        because="1",
        order=1,
        at_ms=rounds.now_ms(),
    )
