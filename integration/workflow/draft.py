"""The durable story of one round of drafts: prepare the genzu, have it painted, deliver, record.

Every step looks before it acts and answers with plain data, so a process may die at any line and another takes the story up.
Whether the approval still stands is asked before each effect.
"""

import hashlib
import threading
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from integration.artwork.checked_image import open_checked
from integration.artwork.genzu import register_genzu
from integration.artwork.png import png_bytes
from integration.errors import ArtworkError, HaikeiError, RenderError, TransientRenderError
from integration.ledger.entry import Kind
from integration.studio import Studio
from integration.workflow import engine, record, rounds
from integration.workflow.delivery import Delivery
from integration.workflow.engine import step
from integration.workflow.notice import tell_refusal
from integration.workflow.order import Order, Refusal
from integration.workflow.rounds import UNDER_WAY, DraftState
from integration.workflow.withdrawal import REOPENED, background_of, subject_of, supersede_in
from render_service.client import enqueue_render, render_result
from render_service.contract import RenderRequest, RenderResult, Scene

log = structlog.get_logger(__name__)

_LISTEN_S = 1.0
"""How long one look for the render worker's answer lasts."""


@dataclass(frozen=True, slots=True)
class DraftStory:
    """One round, from approval to the artist's task."""

    studio: Studio
    key: str
    stopping: threading.Event
    """Set when this process is told to end: what waits is left to the next."""

    def run(self, order: Order) -> str:
        """Tell the story to its end and return the state it ended in."""
        with structlog.contextvars.bound_contextvars(draft=self.key):
            try:
                return self._run(order)
            except Exception as error:
                step("remember failure", self._fail, _in_words(error), rendering=False)
                raise

    def _run(self, order: Order) -> str:
        prepared = step("prepare genzu", self._prepare, order.look.width_px, order.look.height_px)
        if "refusal" in prepared:
            return self._refuse("genzu", prepared["refusal"], order)
        request = self._request(order, prepared)
        if not step("hand to render service", self._hand_over, request.as_json()):
            return step("end", self._state)
        result = self._await(request.key)
        if isinstance(result, str):
            return step("end unrendered", self._end_unrendered, result)
        if not step("take drafts", self._take, result.started_ms, bool(result.refusal)):
            return step("end", self._state)
        if result.refusal:
            return self._refuse("look", result.refusal, order)
        return self._deliver(request, result, order)

    def _deliver(self, request: RenderRequest, result: RenderResult, order: Order) -> str:
        delivery = Delivery(studio=self.studio, key=self.key, request=request, result=result, order=order)
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
        step("record delivery", delivery.record, versions)
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

    def _request(self, order: Order, prepared: dict[str, Any]) -> RenderRequest:
        return RenderRequest(
            key=prepared["render_key"],
            look=order.look,
            scene=Scene(**prepared["scene"]),
            line_sha256=prepared["line"],
            mask_sha256=prepared["mask"],
            width_px=prepared["width_px"],
            height_px=prepared["height_px"],
            seeds=tuple(seed_of(order.look.digest, self.key, number) for number in range(order.drafts)),
        )

    def _hand_over(self, request: dict[str, Any]) -> bool:
        with self.studio.engine.begin() as connection:
            if not rounds.change(connection, self.key, only_in=(DraftState.QUEUED, DraftState.RENDERING), state=DraftState.RENDERING):
                return False
        enqueue_render(self.studio.queue, RenderRequest.from_json(request))
        return True

    def _await(self, render_key: str) -> RenderResult | str:
        """The render worker's answer, however long it takes, or why there will be none; leaves off when the process ends."""
        while not self.stopping.is_set():
            try:
                return render_result(self.studio.queue, render_key, timeout_s=_LISTEN_S)
            except TransientRenderError:
                continue
            except RenderError as error:
                return error.in_words()
        raise engine.Stopping

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

    def _end_unrendered(self, words: str) -> str:
        """Rendering was stopped: because nobody wants it any more, or because it could not be finished."""
        if self._wanted():
            self._fail(words, rendering=True)
        return self._state()

    def _wanted(self) -> bool:
        with self.studio.engine.connect() as connection:
            return rounds.find(connection, self.key).wanted

    def _refuse(self, kind: str, words: str, order: Order) -> str:
        if step("record refusal", self._record_refusal, kind, words):
            step("tell refusal", self._tell_refusal, kind, words, order.asked_by)
        return step("end", self._state)

    def _tell_refusal(self, kind: str, words: str, asked_by: str) -> None:
        with self.studio.engine.connect() as connection:
            draft = rounds.find(connection, self.key)
        genzu = draft.genzu_version.partition("/")[0] if kind == "genzu" else ""
        refusal = Refusal(task=draft.layout_task, kind=kind, reason=words, genzu=genzu, to=asked_by)
        tell_refusal(self.studio, self.key, refusal)

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

    def _fail(self, words: str, *, rendering: bool) -> None:
        """Leave the round to the next sweep, which asks the render service anew only when `rendering` is what failed.

        One that nobody wants any more is superseded at once.
        """
        with self.studio.engine.connect() as connection:
            draft = rounds.find(connection, self.key)
        background = background_of(self.studio, draft)
        with self.studio.engine.begin() as connection:
            renders = draft.renders + int(rendering)
            rounds.change(connection, self.key, only_in=UNDER_WAY, state=DraftState.FAILED, reason=words, renders=renders)
            if not rounds.find(connection, self.key).wanted:
                supersede_in(self.studio, connection, draft, background, why=REOPENED)
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


def _in_words(error: Exception) -> str:
    """What a person should read of an error; the engine wraps the last of many tries."""
    inner = getattr(error, "errors", None) or [error]
    return inner[-1].in_words() if isinstance(inner[-1], HaikeiError) else f"{type(inner[-1]).__name__}: {inner[-1]}"
