"""What waits together is painted together; who fails, fails alone; what nobody wants is not painted."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from integration.errors import RenderError, TransientRenderError
from render_service.batcher import Batcher, Ticket
from render_service.contract import Look, RenderRequest, Scene
from render_service.control import Colour
from render_service.looks import load_look
from render_service.renderers.protocol import BatchTooLargeError, DeviceLostError, OnStep, PaintJob, PaintStep

LOOK = load_look("house")
WAIT_S = 10.0


@dataclass
class Brush:
    """A renderer whose pictures are one grey of their seed; `before` is called with each batch's seeds first, `endless` never ends."""

    batch_size: int = 4
    before: Callable[[list[int]], None] = lambda seeds: None
    endless: int | None = None
    batches: list[list[int]] = field(default_factory=list)
    facts: Mapping[str, str | int] = field(default_factory=lambda: {"device": "brush"})

    def unread(self, job: PaintJob) -> str:
        return f"the end of {job.seed}"

    def render(self, jobs: Sequence[PaintJob], on_step: OnStep) -> list[Colour | RenderError]:
        seeds = [job.seed for job in jobs]
        self.batches.append(seeds)
        self.before(seeds)
        for number in range(1, 1_000_000_000 if self.endless in seeds else 2):
            on_step(PaintStep(number=number, count=1, sketch=lambda places: [grey(seeds[place]) for place in places]))
        return [RenderError(f"no picture of {seed}") if seed == 99 else grey(seed) for seed in seeds]


@dataclass
class Gate:
    """Holds the first batch until it is opened, so that what comes meanwhile waits."""

    entered: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def __call__(self, seeds: list[int]) -> None:
        self.entered.set()
        assert self.opened.wait(WAIT_S)


@pytest.fixture
def start() -> Iterator[Callable[..., Batcher]]:
    started: list[Batcher] = []

    def start_one(brush: Brush) -> Batcher:
        started.append(Batcher(lambda look: brush, linger_s=0.0))
        return started[-1]

    yield start_one
    for batcher in started:
        batcher.close(timeout_s=WAIT_S)


def grey(seed: int) -> Colour:
    return np.full((2, 2, 3), seed, np.uint8)


def jobs(*seeds: int, key: str = "k", look: Look = LOOK, width_px: int = 64, rough: bool = False) -> list[PaintJob]:
    request = RenderRequest(key=key, look=look, scene=Scene(), line_sha256="0" * 64, width_px=width_px, height_px=36, seeds=seeds)
    line = np.full((36, width_px), 255, np.uint8)
    return [PaintJob(request=request, seed=seed, line=line, rough=grey(0) if rough else None) for seed in seeds]


def greys(tickets: Sequence[Ticket]) -> list[int]:
    return [int(ticket.future.result(WAIT_S).pixels[0, 0, 0]) for ticket in tickets]


def held(start: Callable[..., Batcher], brush: Brush) -> tuple[Batcher, Gate, list[Ticket]]:
    """A batcher that has begun to paint seed 1, and waits."""
    gate = Gate()
    brush.before = gate
    batcher = start(brush)
    first = batcher.submit(jobs(1, key="first"))
    assert gate.entered.wait(WAIT_S)
    return batcher, gate, first


def test_requests_that_wait_fill_one_batch_and_each_gets_its_own_picture(start: Callable[..., Batcher]) -> None:
    brush = Brush()
    batcher, gate, first = held(start, brush)
    second = batcher.submit(jobs(2, 3, key="second"))
    third = batcher.submit(jobs(4, 5, 6, key="third"))

    gate.opened.set()

    assert greys(first + second + third) == [1, 2, 3, 4, 5, 6]
    assert brush.batches == [[1], [2, 3, 4, 5], [6]]
    assert [(t.future.result().batch_size, t.future.result().batch_position) for t in third] == [(4, 2), (4, 3), (1, 0)]


def test_only_pictures_of_one_look_size_and_kind_share_a_batch(start: Callable[..., Batcher]) -> None:
    brush = Brush()
    batcher, gate, _ = held(start, brush)
    waiting = [
        *batcher.submit(jobs(2, key="a")),
        *batcher.submit(jobs(3, key="b", width_px=128)),
        *batcher.submit(jobs(4, key="c", rough=True)),
        *batcher.submit(jobs(5, key="d")),
    ]

    gate.opened.set()

    assert greys(waiting) == [2, 3, 4, 5]
    assert brush.batches == [[1], [2, 5], [3], [4]]


def test_the_oldest_picture_is_painted_first_though_others_would_fill_a_batch(start: Callable[..., Batcher]) -> None:
    brush = Brush()
    batcher, gate, _ = held(start, brush)
    lonely = batcher.submit(jobs(2, key="pan", width_px=640))
    many = batcher.submit(jobs(3, 4, 5, 6, key="many"))

    gate.opened.set()

    greys(lonely + many)
    assert brush.batches == [[1], [2], [3, 4, 5, 6]]


def test_a_batch_that_is_too_large_is_painted_in_smaller_ones(start: Callable[..., Batcher]) -> None:
    brush = Brush(batch_size=8)

    def lack_room(seeds: list[int]) -> None:
        if len(seeds) > 2:
            brush.batch_size = len(seeds) // 2
            raise BatchTooLargeError("no room")

    brush.before = lack_room

    assert greys(start(brush).submit(jobs(1, 2, 3, 4, 5))) == [1, 2, 3, 4, 5]
    assert brush.batches == [[1, 2, 3, 4, 5], [1, 2], [3, 4], [5]]


def test_one_bad_picture_in_a_batch_fails_alone(start: Callable[..., Batcher]) -> None:
    def trip(seeds: list[int]) -> None:
        if 3 in seeds:
            raise RenderError("the model stumbled")

    one, two, three, four = start(Brush(before=trip)).submit(jobs(1, 2, 3, 4))

    assert greys([one, two, four]) == [1, 2, 4]
    with pytest.raises(RenderError, match="stumbled"):
        three.future.result(WAIT_S)


def test_a_picture_that_is_none_fails_and_the_batch_is_not_painted_again(start: Callable[..., Batcher]) -> None:
    brush = Brush()

    one, none, two = start(brush).submit(jobs(1, 99, 2))

    assert greys([one, two]) == [1, 2]
    with pytest.raises(RenderError, match="no picture of 99"):
        none.future.result(WAIT_S)
    assert brush.batches == [[1, 99, 2]]


def test_a_suspect_never_shares_a_batch(start: Callable[..., Batcher]) -> None:
    brush = Brush()
    batcher, gate, _ = held(start, brush)
    waiting = [*batcher.submit(jobs(2, key="a")), *batcher.submit(jobs(3, key="b"), alone=True), *batcher.submit(jobs(4, key="c"))]

    gate.opened.set()

    assert greys(waiting) == [2, 3, 4]
    assert brush.batches == [[1], [2, 4], [3]]


def test_a_batch_goes_on_for_those_who_still_want_it(start: Callable[..., Batcher]) -> None:
    brush = Brush()
    batcher, gate, (first,) = held(start, brush)
    dropped, kept = batcher.submit(jobs(2, key="dropped")) + batcher.submit(jobs(3, key="kept"))

    dropped.future.cancel()
    gate.opened.set()

    assert greys([first, kept]) == [1, 3]
    assert brush.batches == [[1], [3]]


def test_a_batch_nobody_wants_stops_at_the_next_step(start: Callable[..., Batcher]) -> None:
    batcher, gate, (first,) = held(start, Brush(endless=1))
    after = batcher.submit(jobs(2, key="after"))
    gate.opened.set()

    first.future.cancel()

    assert greys(after) == [2]


def test_a_look_that_cannot_be_loaded_fails_what_waits_for_it_and_nothing_else() -> None:
    broken, brush = replace(LOOK, name="broken", digest="0" * 64), Brush()

    def renderer_of(look: Look) -> Brush:
        if look == broken:
            raise RenderError(f"{look.name} cannot be loaded")
        return brush

    batcher = Batcher(renderer_of, linger_s=0.0)
    (refused,), painted = batcher.submit(jobs(1, look=broken)), batcher.submit(jobs(2))

    with pytest.raises(RenderError, match="broken cannot be loaded"):
        refused.future.result(WAIT_S)
    assert greys(painted) == [2]
    batcher.close(timeout_s=WAIT_S)


def test_a_lost_device_is_told_and_its_pictures_stay_asked_for(start: Callable[..., Batcher]) -> None:
    def lose(seeds: list[int]) -> None:
        raise DeviceLostError("the device failed")

    batcher = start(Brush(before=lose))
    (ticket,) = batcher.submit(jobs(1))
    batcher._thread.join(WAIT_S)

    assert batcher.trouble(hung_s=60) == "the device failed"
    assert not ticket.future.done()


def test_a_model_without_a_step_for_too_long_is_told(start: Callable[..., Batcher]) -> None:
    batcher, gate, first = held(start, Brush())

    assert batcher.trouble(hung_s=60) == ""
    assert "made no step" in batcher.trouble(hung_s=0)
    gate.opened.set()
    greys(first)


def test_a_leaving_worker_cancels_what_is_left() -> None:
    gate = Gate()
    batcher = Batcher(lambda look: Brush(batch_size=1, before=gate), linger_s=0.0)
    in_hand, waiting = batcher.submit(jobs(1, 2))
    assert gate.entered.wait(WAIT_S)

    threading.Timer(0.01, gate.opened.set).start()
    batcher.close(timeout_s=WAIT_S)

    for ticket in (in_hand, waiting):
        with pytest.raises(CancelledError):
            ticket.future.result(WAIT_S)


def test_a_failure_that_may_go_away_is_told_apart(start: Callable[..., Batcher]) -> None:
    def no_room(seeds: list[int]) -> None:
        raise TransientRenderError("does not fit")

    (ticket,) = start(Brush(before=no_room)).submit(jobs(1))

    with pytest.raises(TransientRenderError):
        ticket.future.result(WAIT_S)
