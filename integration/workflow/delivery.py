"""Delivering a round into the tracker: Versions with pictures, the review task, a playlist, a Note; each in effect once."""

import tempfile
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from integration.artwork.sheets import BG
from integration.database import drafts
from integration.errors import NotFoundInTrackerError
from integration.production import Background, BackgroundId, ProjectId, TaskId, VersionId
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.tracker.protocol import DraftVersion, NoteText
from integration.workflow import quality_words, record, rounds, words
from integration.workflow.ai_notice import give_notice
from integration.workflow.assignment import assignees, review_key
from integration.workflow.handoff import build_handoff, record_handoff
from integration.workflow.handover import remember_told
from integration.workflow.labels import label_draft
from integration.workflow.order import Order
from integration.workflow.prompt_correction import find_correction, record_correction
from integration.workflow.quality_gate import Sifted
from integration.workflow.quality_words import BOOK_OPAQUE, ROUGH_USED
from integration.workflow.rounds import DraftState, Round
from integration.workflow.summary import summarise_later
from integration.workflow.withdrawal import NO_DRAFT, OMITTED, background_of, rules_of, subject_of, supersede_in, why_of


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One painted round on its way into the tracker; each method is one step."""

    studio: Studio
    key: str
    sifted: Sifted
    order: Order
    desk: threading.Lock
    """Held while a review task is looked for and made: the parts of a background share one."""

    @cached_property
    def draft(self) -> Round:
        """The round's row as it stood when this process began to deliver."""
        with self.studio.engine.connect() as connection:
            return rounds.find(connection, self.key)

    @cached_property
    def background(self) -> Background:
        """What the round is a draft of."""
        return background_of(self.studio, self.draft)

    @cached_property
    def rules(self) -> ProjectSettings:
        """The project's settings."""
        return rules_of(self.studio, self.draft)

    def open_review_task(self) -> str:
        """The artist's task for this background, made and assigned if there is none."""
        people = assignees(self.studio, self.rules, ProjectId(self.draft.project), self.draft.background, before=self.draft)
        with self.desk:
            task = self.studio.tracker.open_task(
                self.background,
                step=self.rules.background_step,
                name=self.rules.review_task,
                status=self.rules.waiting_status,
                assignees=people,
                key=review_key(self.draft.site, self.draft.background),
            )
        with self.studio.engine.begin() as connection:
            rounds.change(connection, self.key, review_task=task.id)
        return task.id

    def create_version(self, number: int, task: str) -> str:
        """The Version of one draft, not yet with its picture."""
        painted = self.sifted.delivered[number]
        described = words.draft_description(self.draft, painted.picture, painted.request.look)
        version = DraftVersion(
            project=ProjectId(self.draft.project),
            background=self.background.id,
            task=TaskId(task),
            name=words.draft_name(self.draft, number, self.rules),
            description=described + quality_words.flag(painted.verdict.faults, twice=painted.painting > 1),
            status=self.rules.draft_status,
            version_type=self.rules.draft_type,
        )
        return self.studio.tracker.create_version(version, key=f"{self.key}#{number}")

    def label(self, number: int) -> dict[str, Any]:
        """One draft's file with what it says of itself: its hash and size."""
        title = words.draft_name(self.draft, number, self.rules)
        media = label_draft(self.studio, self.draft, self.sifted.delivered[number], title=title)
        return {"sha256": media.sha256, "size_bytes": media.size_bytes}

    def upload_picture(self, number: int, version: str, sha256: str, task: str) -> str:
        """Upload one draft's labelled picture; the Version that has it, made anew where people deleted it meanwhile."""
        name = f"{words.draft_name(self.draft, number, self.rules).replace(' ', '_')}.png"
        with tempfile.TemporaryDirectory(prefix="haikei-draft-") as folder:
            path = Path(folder) / name
            self.studio.storage.fetch(sha256, path)
            try:
                self.studio.tracker.upload_picture(VersionId(version), path, name=name)
            except NotFoundInTrackerError:
                version = self.create_version(number, task)
                self.studio.tracker.upload_picture(VersionId(version), path, name=name)
        return version

    def put_in_playlist(self, versions: list[str]) -> None:
        """The day's playlist of the episode's drafts."""
        day = datetime.fromtimestamp(self.draft.approved_ms / 1000, UTC).astimezone(ZoneInfo(self.rules.time_zone)).date()
        episode = self.background.episode or self.background.project.name
        self.studio.tracker.put_in_playlist(
            ProjectId(self.draft.project),
            f"{episode} BG AI drafts {day}",
            [VersionId(version) for version in versions],
            key=f"playlist:{self.draft.site}:{self.draft.project}:{episode}:{day}",
        )

    def write_note(self, task: str, versions: list[str]) -> None:
        """Tell the artist what was made from what."""
        told = self.studio.tracker.task(TaskId(task)).assignees
        note = NoteText(
            project=ProjectId(self.draft.project),
            subject=words.delivered_subject(self.draft),
            content=self._content(),
            background=self.background.id,
            tasks=(TaskId(task),),
            versions=tuple(VersionId(version) for version in versions),
            to=tuple(person.id for person in told),
        )
        self.studio.tracker.write_note(note, key=f"note:{self.key}")
        with self.studio.engine.begin() as connection:
            remember_told(connection, self.key, told)

    def attach_layers(self, task: str) -> list[dict[str, Any]]:
        """The layered files of the drafts, attached to the review task; what each holds, as plain data."""
        files = build_handoff(self.studio, self.draft, self.rules, [each.picture.sha256 for each in self.sifted.delivered])
        for file in files:
            with tempfile.TemporaryDirectory(prefix="haikei-layers-") as folder:
                path = Path(folder) / "layers"
                self.studio.storage.fetch(file["sha256"], path)
                self.studio.tracker.attach_file(TaskId(task), path, name=file["name"])
        return files

    def _content(self) -> str:
        """The Note's text: what was made from what, and what the quality gate found."""
        shown, withheld = self.sifted.delivered, [each.verdict.faults for each in self.sifted.withheld]
        first = shown[0]
        result = replace(first.result, pictures=tuple(painted.picture for painted in shown))
        said = words.delivered_content(self.draft, self.background, first.request, result, self.order)
        names = [words.draft_name(self.draft, number, self.rules) for number in range(len(shown))]
        flagged = [
            quality_words.flagged_line(name, each.verdict.faults) for name, each in zip(names, shown, strict=True) if each.verdict.faults
        ]
        return "\n".join(
            (
                *flagged,
                *([quality_words.withheld_line(withheld)] if withheld else ()),
                said,
                *([ROUGH_USED] if first.request.rough_sha256 else ()),
                *([BOOK_OPAQUE] if self.draft.part != BG else ()),
            )
        )

    def give_notice(self, task: str) -> None:
        """The studio's AI-use notice, to those on the task who were not given it."""
        for person in self.studio.tracker.task(TaskId(task)).assignees:
            for member in self.studio.tracker.members(person.id):
                give_notice(self.studio, self.background.project, self.rules, member)

    def hand_over(self, task: str) -> None:
        """Show the artist that the task is ready."""
        self.studio.tracker.set_task_status(TaskId(task), self.rules.review_status)

    def record(self, versions: list[str], files: list[dict[str, Any]], layered: list[dict[str, Any]]) -> None:
        """Record what was painted and delivered, in the transaction that closes the round; `files` are the labelled ones.

        If the approval was withdrawn meanwhile, what was made is superseded.
        """
        recipe = self.sifted.delivered[0].result.recipe
        correction = find_correction(self.studio, self.draft, recipe, self.order)
        with self.studio.engine.begin() as connection:
            closed = self._close(connection)
            subject = subject_of(self.studio, self.draft, self.background)
            record_sifted(connection, subject, self.sifted, self.order)
            if correction is not None:
                record_correction(connection, subject, correction)
            for number, (version, file) in enumerate(zip(versions, files, strict=True)):
                picture = self.sifted.delivered[number].picture
                rounds.keep_picture(connection, self.key, number, seed=picture.seed, sha256=picture.sha256, version=version)
                record.draft_delivered(connection, subject, self.sifted.delivered[number], file=file, version=version)
            for file in layered:
                record_handoff(connection, subject, file)
            summarise_later(self.studio, connection, self.background)
            if not closed:
                supersede_in(self.studio, connection, self.draft, self.background, why=why_of(rounds.find(connection, self.key)))

    def _close(self, connection: sa.Connection) -> bool:
        still = (drafts.c.key == self.key) & drafts.c.wanted
        connection.execute(
            drafts.update()
            .where(still & (drafts.c.state == DraftState.DELIVERING))
            .values(state=DraftState.DELIVERED, changed_ms=rounds.now_ms())
        )
        return rounds.find(connection, self.key).state is not DraftState.DELIVERING


def record_sifted(connection: sa.Connection, subject: record.Subject, sifted: Sifted, order: Order) -> None:
    """Record everything that was painted for a round and what the quality gate found bad."""
    for painted in (*sifted.replaced, *sifted.withheld, *sifted.delivered):
        told = "art_note" not in painted.result.recipe.get("words", {}).get("unused", ())
        record.draft_rendered(connection, subject, painted, prompt_writer_ref=order.prompt_writer_ref if told else "")
        if painted.verdict.faults:
            record.draft_rejected(connection, subject, painted)


def supersede(studio: Studio, key: str) -> None:
    """Mark every Version of a withdrawn round and tell the artist before they paint further; safe to call twice."""
    with studio.engine.connect() as connection:
        draft = rounds.find(connection, key)
    rules = rules_of(studio, draft)
    versions = studio.tracker.versions_with_key(f"{key}#")
    for version in versions:
        studio.tracker.set_version_status(version.id, rules.superseded_status)
    review = TaskId(draft.review_task)
    if not versions or not review or newer_round_delivered(studio, draft):
        return
    try:
        told = studio.tracker.task(review).assignees
    except NotFoundInTrackerError:
        return
    if why_of(draft) not in (OMITTED, NO_DRAFT) and not other_part_delivered(studio, draft):
        studio.tracker.set_task_status(review, rules.waiting_status)
    note = NoteText(
        project=ProjectId(draft.project),
        subject=words.superseded_subject(draft),
        content=words.superseded_content(draft),
        background=BackgroundId(draft.background),
        tasks=(review,),
        versions=tuple(version.id for version in versions),
        to=tuple(person.id for person in told),
    )
    studio.tracker.write_note(note, key=f"superseded:{key}")


def newer_round_delivered(studio: Studio, draft: Round) -> bool:
    """Whether a later round of the same part is on the artist's task already, or on its way there."""
    with studio.engine.connect() as connection:
        newest = rounds.latest(connection, site=draft.site, background=draft.background, part=draft.part)
    return newest is not None and newest.round > draft.round and newest.state in (DraftState.DELIVERING, DraftState.DELIVERED)


def other_part_delivered(studio: Studio, draft: Round) -> bool:
    """Whether drafts of another part stand on the artist's task, or are on their way there."""
    with studio.engine.connect() as connection:
        newest = rounds.on_background(connection, site=draft.site, background=draft.background)
    delivered = (DraftState.DELIVERING, DraftState.DELIVERED)
    return any(r.part != draft.part and r.wanted and r.state in delivered for r in newest)
