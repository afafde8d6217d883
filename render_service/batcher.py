"""One painting thread: pictures that wait, of one Look and size, are painted together, while others are fetched, encoded and stored."""

import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass

import structlog

from integration.errors import RenderError
from render_service.contract import Look
from render_service.control import Colour
from render_service.renderers.protocol import AbandonedError, BatchTooLargeError, DeviceLostError, OnStep, PaintJob, PaintStep, Renderer

log = structlog.get_logger(__name__)

_SKETCH_EVERY_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """A picture, and the run of the model it came from."""

    pixels: Colour
    """H×W×3 uint8 sRGB, 0–255."""
    facts: Mapping[str, str | int]
    """The renderer's."""
    unread: str
    """See `Renderer.unread`."""
    batch_size: int
    """Pictures painted in that run."""
    batch_position: int
    """Place of this one among them, from 0."""
    started_ms: int
    """UTC milliseconds at which the run began."""
    milliseconds: int
    """How long the run took."""


class Ticket:
    """One picture that was asked for; `future` is cancelled by whoever no longer wants it, at any time."""

    __slots__ = ("alone", "asked", "count", "future", "job", "run", "sketch", "step")

    def __init__(self, job: PaintJob, *, alone: bool) -> None:
        self.job = job
        self.alone = alone
        """Whether it must not share a batch."""
        self.asked = time.monotonic()
        self.future: Future[Painted] = Future()
        self.run = 0
        """Number of the run it was last put into, 0 before."""
        self.step = 0
        """Steps of the model done."""
        self.count = 0
        """Steps in all; 0 before the first."""
        self.sketch: Colour | None = None
        """What it looks like so far, about 256 pixels wide; kept up for the first picture of each request."""

    @property
    def group(self) -> tuple[str, int, int, bool]:
        """What pictures of one batch have in common."""
        request = self.job.request
        return request.look.digest, request.width_px, request.height_px, self.job.rough is None


class Batcher:
    """Paints what is submitted, oldest first, each batch filled with what else waits for the same Look and size.

    A batch that does not fit into memory is tried in smaller ones. When a batch fails for any other reason, each of its pictures is
    painted once more by itself, so that only the one that cannot be painted fails.
    """

    def __init__(self, renderer_of: Callable[[Look], Renderer], *, linger_s: float = 0.03) -> None:
        """The painting thread starts, and nothing is painted yet.

        Args:
            renderer_of: the warm renderer of a Look, or RenderError; called in the painting thread alone.
            linger_s: how long the oldest picture waits for company that would fill its batch.
        """
        self._renderer_of = renderer_of
        self._linger_s = linger_s
        self._waiting: list[Ticket] = []
        self._changed = threading.Condition()
        self._runs = itertools.count(1)
        self._closing = False
        self._lost: DeviceLostError | None = None
        self._painting_since: float | None = None
        self._thread = threading.Thread(target=copy_context().run, args=(self._work,), name="painting", daemon=True)
        self._thread.start()

    def submit(self, jobs: Sequence[PaintJob], *, alone: bool = False) -> list[Ticket]:
        """Ask for pictures, all at once, in the order they should be painted.

        Args:
            jobs: of one request.
            alone: never in a batch with others, because they are suspected of killing workers.
        """
        tickets = [Ticket(job, alone=alone) for job in jobs]
        with self._changed:
            self._waiting += tickets
            self._changed.notify_all()
        return tickets

    def trouble(self, *, hung_s: float) -> str:
        """Why this process cannot paint any more; "" while it can.

        Args:
            hung_s: so long without a step of the model means that the device hangs.
        """
        since = self._painting_since
        if self._lost is not None:
            return str(self._lost)
        if not self._thread.is_alive() and not self._closing:
            return "the painting thread ended"
        if since is not None and time.monotonic() - since > hung_s:
            return f"the model has made no step for {hung_s:.0f} seconds"
        return ""

    def close(self, *, timeout_s: float) -> None:
        """Cancel what is left, and wait so long for the step in hand."""
        with self._changed:
            self._closing = True
            for ticket in self._waiting:
                ticket.future.cancel()
            self._changed.notify_all()
        self._thread.join(timeout_s)

    def _work(self) -> None:
        while not self._closing and self._lost is None:
            oldest = self._oldest()
            if oldest is None:
                continue
            try:
                renderer = self._renderer_of(oldest.job.request.look)
            except RenderError as error:
                self._fail(self._take(oldest, len(self._waiting)), error)
                continue
            batch = self._batch(oldest, renderer)
            if batch:
                self._paint(batch, renderer)

    def _oldest(self) -> Ticket | None:
        with self._changed:
            self._waiting = [ticket for ticket in self._waiting if not ticket.future.cancelled()]
            if not self._waiting:
                self._changed.wait(timeout=1.0)
            return self._waiting[0] if self._waiting else None

    def _batch(self, oldest: Ticket, renderer: Renderer) -> list[Ticket]:
        """The oldest picture with as much company as there is room for; it waits a moment for more."""
        until = oldest.asked + self._linger_s
        with self._changed:
            while not oldest.alone and len(self._company(oldest)) < renderer.batch_size and (left := until - time.monotonic()) > 0:
                self._changed.wait(timeout=left)
        return self._take(oldest, renderer.batch_size)

    def _take(self, oldest: Ticket, most: int) -> list[Ticket]:
        with self._changed:
            batch = self._company(oldest)[:most]
            self._waiting = [ticket for ticket in self._waiting if ticket not in batch]
        return batch

    def _company(self, oldest: Ticket) -> list[Ticket]:
        wanted = [ticket for ticket in self._waiting if not ticket.future.cancelled()]
        if oldest.alone:
            return [oldest] if oldest in wanted else []
        return [ticket for ticket in wanted if ticket.group == oldest.group and not ticket.alone]

    def _paint(self, batch: list[Ticket], renderer: Renderer) -> None:
        run, started_ms, began = next(self._runs), time.time_ns() // 1_000_000, time.monotonic()
        for ticket in batch:
            ticket.run = run
        self._painting_since = began
        try:
            pictures = renderer.render([ticket.job for ticket in batch], self._told(batch))
        except AbandonedError:
            log.info("painting stopped", pictures=len(batch))
            for ticket in batch:
                ticket.future.cancel()
        except BatchTooLargeError as error:
            log.warning("batch too large", pictures=len(batch), next=renderer.batch_size, reason=str(error))
            self._put_back(batch)
        except DeviceLostError as error:  # its pictures stay asked for: whoever waits for them is ended with the process
            self._lost = error
        except RenderError as error:
            self._try_alone(batch, error)
        else:
            self._hand_out(batch, pictures, renderer, started_ms, round((time.monotonic() - began) * 1000))
        finally:
            self._painting_since = None

    def _hand_out(
        self, batch: list[Ticket], pictures: Sequence[Colour | RenderError], renderer: Renderer, started_ms: int, milliseconds: int
    ) -> None:
        for position, (ticket, pixels) in enumerate(zip(batch, pictures, strict=True)):
            if isinstance(pixels, RenderError):
                self._fail([ticket], pixels)
                continue
            painted = Painted(
                pixels=pixels,
                facts=renderer.facts,
                unread=renderer.unread(ticket.job),
                batch_size=len(batch),
                batch_position=position,
                started_ms=started_ms,
                milliseconds=milliseconds,
            )
            with suppress(InvalidStateError):  # cancelled in the last moment
                ticket.future.set_result(painted)

    def _try_alone(self, batch: list[Ticket], error: RenderError) -> None:
        again = [ticket for ticket in batch if not ticket.alone]
        self._fail([ticket for ticket in batch if ticket.alone], error)
        if again:
            log.warning("batch failed", pictures=len(batch), reason=str(error), hint="Each is painted once more by itself.")
        for ticket in again:
            ticket.alone = True
        self._put_back(again)

    def _put_back(self, batch: list[Ticket]) -> None:
        with self._changed:
            self._waiting = batch + self._waiting

    def _fail(self, tickets: Sequence[Ticket], error: RenderError) -> None:
        for ticket in tickets:
            with suppress(InvalidStateError):
                ticket.future.set_exception(error)

    def _told(self, batch: Sequence[Ticket]) -> OnStep:
        """What the renderer tells each step of `batch`: it notes how far the pictures are, and about every second how they look."""
        first_of_request = list({ticket.job.request.key: place for place, ticket in reversed(list(enumerate(batch)))}.values())
        sketched = time.monotonic()

        def on_step(step: PaintStep) -> None:
            nonlocal sketched
            self._painting_since = now = time.monotonic()
            if self._closing or all(ticket.future.cancelled() for ticket in batch):
                raise AbandonedError("nobody wants these pictures any more")
            for ticket in batch:
                ticket.step, ticket.count = step.number, step.count
            if now - sketched >= _SKETCH_EVERY_S:
                for place, seen in zip(first_of_request, step.sketch(first_of_request), strict=False):
                    batch[place].sketch = seen
                sketched = time.monotonic()

        return on_step
