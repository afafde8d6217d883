"""What changed is told in four shares that make a whole, within an interval, and never more than is plain to see."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from integration.measure.change import Area, Change, measure_change, params_sha256
from integration.measure.class_map import PALETTE, coloured_map

WIDTH, HEIGHT = 480, 270
Pixels = npt.NDArray[np.uint8]


def brushed(seed: int) -> Pixels:
    """A painted-looking picture: soft fields with brushwork over them."""
    rng = np.random.default_rng(seed)
    fields = cv2.resize(rng.integers(60, 200, (6, 9, 3), dtype=np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    strokes = cv2.GaussianBlur(rng.standard_normal((HEIGHT, WIDTH)).astype(np.float32), (9, 3), 2)
    picture: Pixels = np.clip(fields + 40 * (strokes / strokes.std())[..., None], 0, 255).astype(np.uint8)
    return picture


DRAFT = brushed(1)


def shares(change: Change) -> list[int]:
    return [change.kept_ppm, change.adjusted_ppm, change.repainted_ppm, change.cannot_tell_ppm]


def painted(share: float) -> Pixels:
    revision = DRAFT.copy()
    edge = round(WIDTH * share)
    revision[:, :edge] = 255 - brushed(2)[:, :edge]
    return revision


def test_the_same_picture_is_kept_whole_and_nothing_is_left_open() -> None:
    change = measure_change(DRAFT, DRAFT.copy())

    assert shares(change) == [1_000_000, 0, 0, 0]
    assert (change.repainted_least_ppm, change.repainted_most_ppm, change.reasons) == (0, 0, ())


@pytest.mark.parametrize("share", [0.1, 0.4, 0.8])
def test_paint_lies_within_the_interval_and_is_told_as_at_least(share: float) -> None:
    change = measure_change(DRAFT, painted(share))

    assert change.repainted_least_ppm <= 1e6 * share <= change.repainted_most_ppm
    assert change.repainted_least_ppm > 0.6e6 * share
    assert change.repainted_ppm <= 1e6 * share + 20_000


@pytest.mark.parametrize("quality", [60, 90])
def test_saving_again_is_no_painting(quality: int) -> None:
    _, data = cv2.imencode(".jpg", DRAFT, [cv2.IMWRITE_JPEG_QUALITY, quality])
    saved = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert saved is not None

    change = measure_change(DRAFT, np.asarray(saved, np.uint8))

    assert change.repainted_ppm <= 5_000
    assert change.repainted_least_ppm == 0


def test_a_grade_is_told_apart_from_local_work() -> None:
    graded = np.clip(DRAFT.astype(np.float32) * (0.7, 0.8, 1.0), 0, 255).astype(np.uint8)

    change = measure_change(DRAFT, graded)

    assert change.grade_de > 3
    assert change.kept_ppm > 950_000


def test_a_mirrored_and_shifted_draft_is_found_and_its_lines_with_it() -> None:
    line = np.full((HEIGHT, WIDTH), 255, np.uint8)
    cv2.line(line, (40, 200), (300, 60), 0, 2)
    drawn = DRAFT.copy()
    cv2.line(drawn, (40, 200), (300, 60), (10, 10, 10), 3)
    turned = np.ascontiguousarray(np.roll(drawn[:, ::-1], 12, axis=1))

    change = measure_change(drawn, turned, line=line)

    assert change.mirrored
    assert change.shift_x_px == pytest.approx(12, abs=1.5)
    assert change.revision_layout is not None and change.revision_layout.share > 0.5


def test_another_picture_is_not_measured_and_says_why() -> None:
    change = measure_change(DRAFT, brushed(77))

    assert (change.repainted_least_ppm, change.repainted_most_ppm) == (0, 1_000_000)
    assert "not_registered" in change.reasons


def test_an_enlarged_revision_tells_its_scale() -> None:
    change = measure_change(DRAFT, cv2.resize(DRAFT, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC).astype(np.uint8))

    assert change.scale == pytest.approx(2, abs=0.02)
    assert change.repainted_ppm == 0


@settings(max_examples=40, deadline=None)
@given(
    arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3))),
    arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3))),
)
def test_any_two_pictures_give_shares_that_make_a_whole(one: Pixels, other: Pixels) -> None:
    change = measure_change(one, other, line=np.full(one.shape[:2], 255, np.uint8))

    assert sum(shares(change)) == 1_000_000
    assert 0 <= change.repainted_least_ppm <= change.repainted_ppm <= change.repainted_most_ppm <= 1_000_000
    assert coloured_map(change, other).shape == (*change.areas.shape, 3)


def test_the_map_has_a_colour_of_its_own_lightness_for_each_area() -> None:
    greys = [cv2.cvtColor(np.array([[PALETTE[area]]], np.uint8), cv2.COLOR_RGB2GRAY)[0, 0] for area in Area]

    assert all(abs(int(a) - int(b)) > 10 for place, a in enumerate(greys) for b in greys[:place])


def test_every_limit_is_in_the_digest() -> None:
    assert params_sha256() == params_sha256()
    assert len(params_sha256()) == 64
