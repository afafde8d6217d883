"""The durable story of one round of drafts: prepare the genzu, have it painted, deliver, record.

Every step looks before it acts and answers with plain data, so a process may die at any line and another takes the story up.
Whether the approval still stands is asked before each effect.
"""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog

from integration.artwork.genzu import Colour, Grey
from integration.artwork.png import png_bytes
from integration.artwork.sheets import BG
from integration.errors import ArtworkError, HaikeiError, NotFoundInTrackerError, RenderError, TransientRenderError
from integration.ledger.vocabulary import Kind
from integration.policy import refusal_of
from integration.production import TaskId
from integration.studio import Studio
from integration.workflow import engine, quality_words, record, rounds
from integration.workflow.approval import TrackerActions
from integration.workflow.decision import Hold, Ignore, NoDraft, Start, decide
from integration.workflow.delivery import Delivery, record_sifted
from integration.workflow.engine import step
from integration.workflow.genzu import registered
from integration.workflow.notice import tell_refusal
from integration.workflow.order import Order, Refusal
from integration.workflow.quality_gate import Painted, Sifted, judge, painted
from integration.workflow.rounds import UNDER_WAY, DraftState
from integration.workflow.scene import scene_of
from integration.workflow.withdrawal import (
    NO_DRAFT,
    NOT_ALLOWED,
    OMITTED,
    background_of,
    rules_of,
    subject_of,
    supersede_in,
    why_of,
    withdraw,
)
from render_service.client import enqueue_render, render_result
from render_service.contract import Look, Picture, RenderRequest, RenderResult, Scene

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
    desk: threading.Lock
    """See `Delivery.desk`; one for all stories of this process."""

    def run(self, order: Order) -> str:
        """Tell the story to its end and return the state it ended in."""
        with structlog.contextvars.bound_contextvars(draft=self.key):
            try:
                return self._run(order)
            except Exception as error:
                step("remember failure", self._fail, _in_words(error), rendering=False)
                raise

    def _run(self, order: Order) -> str:
        prepared = step("prepare genzu", self._prepare, order)
        if "refusal" in prepared:
            return self._refuse("genzu", prepared["refusal"], order)
        request = self._request(order, prepared)
        if not step("hand to render service", self._hand_over, request.as_json()):
            return step("end", self._state)
        result = self._await(request.key)
        if isinstance(result, str):
            return step("end unrendered", self._end_unrendered, result)
        sifted = Sifted() if result.refusal else self._sift(request, result, order)
        if not step("take drafts", self._take, order.look, result.started_ms, not sifted.delivered):
            return step("end", self._state)
        if result.refusal:
            return self._refuse("look", result.refusal, order)
        if not sifted.delivered:
            words = quality_words.none_left([each.verdict.faults for each in sifted.withheld])
            return self._refuse("quality", words, order, sifted)
        return self._deliver(sifted, order)

    def _deliver(self, sifted: Sifted, order: Order) -> str:
        delivery = Delivery(studio=self.studio, key=self.key, sifted=sifted, order=order, desk=self.desk)
        task = step("open review task", delivery.open_review_task)
        versions: list[str] = []
        files: list[dict[str, Any]] = []
        layered: list[dict[str, Any]] = []
        for number in range(len(sifted.delivered)):
            if not step("still wanted", self._still_wanted, order.look):
                break
            files.append(step("label draft", delivery.label, number))
            versions.append(step("create version", delivery.create_version, number, task))
            versions[-1] = step("upload picture", delivery.upload_picture, number, versions[-1], files[-1]["sha256"], task) or versions[-1]
        if step("still wanted", self._still_wanted, order.look):
            layered = step("attach layers", delivery.attach_layers, task)
            step("put in playlist", delivery.put_in_playlist, versions)
            step("write note", delivery.write_note, task, versions)
            step("give notice", delivery.give_notice, task)
            step("hand to artist", delivery.hand_over, task)
        step("record delivery", delivery.record, versions, files, layered)
        return step("end", self._state)

    def _sift(self, request: RenderRequest, result: RenderResult, order: Order) -> Sifted:
        """Have the quality gate judge every picture, and paint the bad ones once more."""
        verdicts = step("judge drafts", self._judge, request, result.pictures, (), order)
        first = painted(request, result, verdicts, numbers=range(len(verdicts)), painting=1, least_layout_kept=order.least_layout_kept)
        bad = [each.number for each in first if each.verdict.faults]
        again = self._paint_again(request, first, bad, order) if bad else {}
        last = [again.get(each.number, each) for each in first]
        withheld = tuple(each for each in last if each.verdict.faults) if order.quality == "refuse" else ()
        return Sifted(
            delivered=tuple(each for each in last if each not in withheld),
            withheld=withheld,
            replaced=tuple(each for each in first if each.number in again),
        )

    def _paint_again(self, request: RenderRequest, first: Sequence[Painted], bad: Sequence[int], order: Order) -> dict[int, Painted]:
        """New paintings in the place of `bad` ones, by number; none where nobody wants them or they cannot be had."""
        seeds = tuple(seed_of(order.look.digest, self.key, number, painting=2) for number in bad)
        asked = replace(request, key=rounds.second_of(request.key), seeds=seeds)
        if not step("hand to render service again", self._hand_over, asked.as_json()):
            return {}
        result = self._await(asked.key)
        if isinstance(result, str) or result.refusal:
            log.warning("drafts not painted again", reason=result if isinstance(result, str) else result.refusal)
            return {}
        good = [each.picture for each in first if each.number not in bad]
        verdicts = step("judge drafts again", self._judge, asked, result.pictures, good, order)
        again = painted(asked, result, verdicts, numbers=bad, painting=2, least_layout_kept=order.least_layout_kept)
        return {each.number: each for each in again}

    def _judge(self, request: RenderRequest, pictures: Sequence[Picture], beside: Sequence[Picture], order: Order) -> list[dict[str, Any]]:
        return judge(self.studio.storage, request, pictures, beside=beside, least_layout_kept=order.least_layout_kept)

    def _prepare(self, order: Order) -> dict[str, Any]:
        """Check and register the genzu; the pictures go to the store, their names into the engine."""
        with self.studio.engine.connect() as connection:
            draft = rounds.find(connection, self.key)
            ground = rounds.latest(connection, site=draft.site, background=draft.background, part=BG)
        beside = ground.genzu_sha256 if ground else ""
        try:
            size = {"width_px": order.look.width_px, "height_px": order.look.height_px}
            genzu = registered(self.studio.storage, draft.part, draft.genzu_sha256, beside=beside, **size)
        except ArtworkError as error:
            return {"refusal": error.in_words()}
        background = background_of(self.studio, draft)
        height, width = genzu.line.shape
        line, mask = self._keep(genzu.line), self._keep(genzu.cel_mask) if genzu.cel_mask.any() else None
        with self.studio.engine.begin() as connection:
            rounds.keep_sheet(connection, self.key, line_sha256=line, mask_sha256=mask or "")
        return {
            "render_key": draft.render_key,
            "line": line,
            "mask": mask,
            "rough": None if genzu.rough is None else self._keep(genzu.rough),
            "width_px": int(width),
            "height_px": int(height),
            "scene": asdict(scene_of(background, rules_of(self.studio, draft), added=order.prompt_words)),
        }

    def _keep(self, picture: Grey | Colour) -> str:
        return self.studio.storage.put(png_bytes(picture), media_type="image/png").sha256

    def _request(self, order: Order, prepared: dict[str, Any]) -> RenderRequest:
        return RenderRequest(
            key=prepared["render_key"],
            look=order.look,
            scene=Scene(**prepared["scene"]),
            line_sha256=prepared["line"],
            mask_sha256=prepared["mask"],
            rough_sha256=prepared["rough"],
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

    def _take(self, look: Look, started_ms: int, refused: bool) -> bool:
        self._withdraw_if_forbidden(look)
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

    def _still_wanted(self, look: Look) -> bool:
        self._withdraw_if_forbidden(look)
        return self._wanted()

    def _withdraw_if_forbidden(self, look: Look) -> None:
        """Withdraw a round that may or shall no longer be painted: its permission ended, the policy refuses its Look, its cut is omitted, nobody wants it.

        Then ask for what holds now.
        """
        with self.studio.engine.connect() as connection:
            draft = rounds.find(connection, self.key)
        if not draft.wanted:
            return
        task = TaskId(draft.layout_task)
        try:
            asked = decide(self.studio.tracker, self.studio.projects, task)
        except NotFoundInTrackerError:
            return  # the sweep withdraws what is gone
        if isinstance(asked, Ignore) and asked.omitted:
            withdraw(self.studio, draft, because=None, why=OMITTED)
        if isinstance(asked, NoDraft):
            withdraw(self.studio, draft, because=None, why=NO_DRAFT)
            TrackerActions(self.studio).reconsider(task, because=None)
            return
        forbidden = isinstance(asked, Hold) and asked.kind == "policy"
        if forbidden or (isinstance(asked, Start) and refusal_of(asked.policy, look)):
            withdraw(self.studio, draft, because=None, why=NOT_ALLOWED)
            TrackerActions(self.studio).reconsider(task, because=None)

    def _wanted(self) -> bool:
        with self.studio.engine.connect() as connection:
            return rounds.find(connection, self.key).wanted

    def _refuse(self, kind: str, words: str, order: Order, sifted: Sifted | None = None) -> str:
        if step("record refusal", self._record_refusal, kind, words, sifted or Sifted(), order):
            step("tell refusal", self._tell_refusal, kind, words, order.asked_by)
        return step("end", self._state)

    def _tell_refusal(self, kind: str, words: str, asked_by: str) -> None:
        with self.studio.engine.connect() as connection:
            draft = rounds.find(connection, self.key)
        genzu = draft.genzu_version.partition("/")[0] if kind == "genzu" else ""
        refusal = Refusal(task=draft.layout_task, kind=kind, reason=words, genzu=genzu, to=asked_by)
        tell_refusal(self.studio, self.key, refusal)

    def _record_refusal(self, reason: str, words: str, sifted: Sifted, order: Order) -> bool:
        with self.studio.engine.connect() as connection:
            draft = rounds.find(connection, self.key)
        background = background_of(self.studio, draft)
        with self.studio.engine.begin() as connection:
            if not rounds.change(connection, self.key, only_in=(*UNDER_WAY, DraftState.REFUSED), state=DraftState.REFUSED, reason=words):
                return False
            subject = subject_of(self.studio, draft, background)
            record_sifted(connection, subject, sifted, order)
            record.draft_ended(
                connection, subject, kind=Kind.DRAFT_REFUSED, reason=reason, words=words, key=self.key, policy_sha256=order.policy_sha256
            )
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
                supersede_in(self.studio, connection, draft, background, why=why_of(draft))
        log.error("draft failed", reason=words)

    def _state(self) -> str:
        with self.studio.engine.connect() as connection:
            state = rounds.find(connection, self.key).state
        log.info("draft ended", state=state)
        return state


def seed_of(look_digest: str, key: str, number: int, *, painting: int = 1) -> int:
    """The seed of a round's picture `number` (from 0): 63 bits of BLAKE2b over facts, never of time or place in a batch.

    `painting` is 2 for one that takes a bad one's place.
    """
    facts = f"{look_digest}\n{key}\n{number}" + (f"\n{painting}" if painting > 1 else "")
    return int.from_bytes(hashlib.blake2b(facts.encode(), digest_size=8).digest(), "big") >> 1


def _in_words(error: Exception) -> str:
    """What a person should read of an error; the engine wraps the last of many tries."""
    inner = getattr(error, "errors", None) or [error]
    return inner[-1].in_words() if isinstance(inner[-1], HaikeiError) else f"{type(inner[-1]).__name__}: {inner[-1]}"
