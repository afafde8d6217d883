"""The durable story of one round of drafts: prepare the genzu, have it painted, deliver, record.

Every step looks before it acts and answers with plain data, so a process may die at any line and another takes the story up.
Whether the approval still stands is asked before each effect.
"""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from integration.artwork.checked_image import open_checked
from integration.artwork.genzu import register_genzu
from integration.artwork.png import png_bytes
from integration.errors import ArtworkError, HaikeiError
from integration.ledger.entry import Kind
from integration.studio import Studio
from integration.workflow import record, rounds
from integration.workflow.delivery import Delivery, supersede
from integration.workflow.engine import step
from integration.workflow.notice import tell_refusal
from integration.workflow.rounds import UNDER_WAY, DraftState
from integration.workflow.withdrawal import background_of, subject_of
from render_service.client import enqueue_render, render_id
from render_service.contract import Look, RenderRequest, RenderResult, Scene

log = structlog.get_logger(__name__)

CANCELLED = "cancelled"
"""Stands for the refusal of a render that was stopped."""


@dataclass(frozen=True, slots=True)
class DraftStory:
    """One round, from approval to the artist's task."""

    studio: Studio
    key: str

    def run(self, look: Look, count: int) -> str:
        """Tell the story to its end and return the state it ended in."""
        with structlog.contextvars.bound_contextvars(draft=self.key):
            try:
                return self._run(look, count)
            except HaikeiError as error:
                step("remember failure", self._fail, error.in_words())
                raise

    def _run(self, look: Look, count: int) -> str:
        prepared = step("prepare genzu", self._prepare, look.width_px, look.height_px)
        if "refusal" in prepared:
            return self._refuse("genzu", prepared["refusal"])
        request = self._request(look, count, prepared)
        if not step("hand to render service", self._hand_over, request.as_json()):
            return step("end", self._state)
        result = RenderResult.from_json(self._await(render_id(request.key)))
        if result.refusal == CANCELLED:
            return step("end cancelled", self._end_cancelled)
        if not step("take drafts", self._take, result.started_ms, bool(result.refusal)):
            return step("end", self._state)
        if result.refusal:
            return self._refuse("look", result.refusal)
        return self._deliver(request, result)

    def _deliver(self, request: RenderRequest, result: RenderResult) -> str:
        delivery = Delivery(studio=self.studio, key=self.key, request=request, result=result)
        task = step("open review task", delivery.open_review_task)
        versions: list[str] = []
        for number in range(len(result.pictures)):
            if not step("still wanted", self._wanted):
                break
            versions.append(step("create version", delivery.create_version, number, task))
            step("upload picture", delivery.upload_picture, number, versions[-1])
        if step("still wanted", self._wanted):
            step("put in playlist", delivery.put_in_playlist, versions)
            step("write note", delivery.write_note, task, versions)
            step("hand to artist", delivery.hand_over, task)
        if not step("record delivery", delivery.record, task, versions):
            step("supersede", supersede, self.studio, self.key, task)
        return step("end", self._state)

    def _prepare(self, width_px: int, height_px: int) -> dict[str, Any]:
        """Check and register the genzu; the pictures go to the store, their names into the engine."""
        with self.studio.engine.connect() as connection:
            draft = rounds.find(connection, self.key)
        try:
            sheet = open_checked(self.studio.storage.get(draft.genzu_sha256))
            genzu = register_genzu(sheet, width_px=width_px, height_px=height_px)
        except ArtworkError as error:
            return {"refusal": error.in_words()}
        line = self.studio.storage.put(png_bytes(genzu.line), media_type="image/png")
        mask = self.studio.storage.put(png_bytes(genzu.cel_mask), media_type="image/png") if genzu.cel_mask.any() else None
        background = background_of(self.studio, draft)
        height, width = genzu.line.shape
        return {
            "render_key": draft.render_key,
            "line": line.sha256,
            "mask": mask.sha256 if mask else None,
            "width_px": int(width),
            "height_px": int(height),
            "scene": asdict(
                Scene(
                    place=background.place,
                    season=background.season,
                    time_of_day=background.time_of_day,
                    weather=background.weather,
                    light=background.light,
                )
            ),
        }

    def _request(self, look: Look, count: int, prepared: dict[str, Any]) -> RenderRequest:
        return RenderRequest(
            key=prepared["render_key"],
            look=look,
            scene=Scene(**prepared["scene"]),
            line_sha256=prepared["line"],
            mask_sha256=prepared["mask"],
            width_px=prepared["width_px"],
            height_px=prepared["height_px"],
            seeds=tuple(seed_of(look.digest, self.key, number) for number in range(count)),
        )

    def _hand_over(self, request: dict[str, Any]) -> bool:
        with self.studio.engine.begin() as connection:
            if not rounds.change(connection, self.key, only_in=(DraftState.QUEUED, DraftState.RENDERING), state=DraftState.RENDERING):
                return False
        enqueue_render(self.studio.queue, RenderRequest.from_json(request))
        return True

    def _await(self, workflow_id: str) -> dict[str, Any]:
        """The render worker's answer, however long it takes; a cancelled render is an answer, too."""
        try:
            handle: Any = self.studio.queue.retrieve_workflow(workflow_id)
            answer: dict[str, Any] = handle.get_result(polling_interval_sec=0.25)
        except Exception as error:  # noqa: BLE001  # the engine's errors differ by version and come back as text after a restart
            name = f"{type(error).__name__} {error}"
            refusal = CANCELLED if "ancel" in name else f"The render worker could not finish this genzu: {error}"
            return RenderResult(key=self.key, refusal=refusal).as_json()
        return answer

    def _take(self, started_ms: int, refused: bool) -> bool:
        forward = DraftState.RENDERING if refused else DraftState.DELIVERING
        with self.studio.engine.begin() as connection:
            return rounds.change(
                connection,
                self.key,
                only_in=(DraftState.RENDERING, DraftState.DELIVERING),
                state=forward,
                render_started_ms=started_ms,
            )

    def _end_cancelled(self) -> str:
        with self.studio.engine.connect() as connection:
            wanted = rounds.find(connection, self.key).wanted
        if wanted:
            self._fail("The rendering was stopped: it outlived too many render workers.")
        return self._state()

    def _wanted(self) -> bool:
        with self.studio.engine.connect() as connection:
            return rounds.find(connection, self.key).wanted

    def _refuse(self, reason: str, words: str) -> str:
        if step("record refusal", self._record_refusal, reason, words):
            step("tell refusal", tell_refusal, self.studio, self.key, words)
        return step("end", self._state)

    def _record_refusal(self, reason: str, words: str) -> bool:
        with self.studio.engine.connect() as connection:
            draft = rounds.find(connection, self.key)
        background = background_of(self.studio, draft)
        with self.studio.engine.begin() as connection:
            if not rounds.change(connection, self.key, only_in=(*UNDER_WAY, DraftState.REFUSED), state=DraftState.REFUSED, reason=words):
                return False
            subject = subject_of(self.studio, draft, background)
            record.draft_ended(connection, subject, kind=Kind.DRAFT_REFUSED, reason=reason, words=words, key=self.key)
        return True

    def _fail(self, words: str) -> None:
        with self.studio.engine.begin() as connection:
            rounds.change(connection, self.key, only_in=UNDER_WAY, state=DraftState.FAILED, reason=words)
        log.error("draft failed", reason=words)

    def _state(self) -> str:
        with self.studio.engine.connect() as connection:
            state = rounds.find(connection, self.key).state
        log.info("draft ended", state=state)
        return state


def seed_of(look_digest: str, key: str, number: int) -> int:
    """The seed of a round's picture `number` (from 0): 63 bits of BLAKE2b over facts, never of time or place in a batch."""
    facts = f"{look_digest}\n{key}\n{number}".encode()
    return int.from_bytes(hashlib.blake2b(facts, digest_size=8).digest(), "big") >> 1
