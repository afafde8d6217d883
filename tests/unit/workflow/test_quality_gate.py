"""The gate judges stored pictures by their names, against the lines they were painted from and against each other."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from integration.artwork.png import png_bytes
from integration.errors import StorageError
from integration.measure.quality import Fault
from integration.storage.filesystem import FilesystemStorage
from integration.workflow import quality_words
from integration.workflow.draft import seed_of
from integration.workflow.quality_gate import Verdict, dark_is_meant, judge, painted
from render_service.contract import Look, Picture, RenderRequest, RenderResult, Scene

SIZE = (72, 128)
LOOK = Look(
    name="a",
    title="A",
    kind="controlnet",
    folder="",
    revision="1",
    files={},
    licence="CC0-1.0",
    commercial=True,
    training_data="none",
    num_inference_steps=1,
    guidance_scale=1.0,
)


@pytest.fixture
def storage(tmp_path: Path) -> FilesystemStorage:
    return FilesystemStorage(tmp_path)


def drawn(x: int = 40) -> np.ndarray:
    """A layout: a horizon and a house."""
    line = np.full(SIZE, 255, np.uint8)
    cv2.line(line, (0, 44), (127, 40), 0, 1)
    cv2.rectangle(line, (x, 24), (x + 30, 60), 0, 1)
    return line


def painting(line: np.ndarray, seed: int = 0) -> np.ndarray:
    """The areas between the lines, each filled with a colour."""
    _, areas = cv2.connectedComponents((line > 128).astype(np.uint8), connectivity=4)
    colours = np.random.default_rng(seed).integers(60, 230, (areas.max() + 1, 3))
    return np.asarray(cv2.medianBlur(colours[areas].astype(np.uint8), 3))


def stored(storage: FilesystemStorage, *pictures: np.ndarray) -> list[Picture]:
    kept = [storage.put(png_bytes(pixels), media_type="image/png") for pixels in pictures]
    return [
        Picture(seed=number, sha256=ref.sha256, size_bytes=ref.size_bytes, pixel_sha256=hashlib.sha256(pixels.tobytes()).hexdigest())
        for number, (ref, pixels) in enumerate(zip(kept, pictures, strict=True))
    ]


def request(storage: FilesystemStorage, line: np.ndarray) -> RenderRequest:
    ref = storage.put(png_bytes(line), media_type="image/png")
    return RenderRequest(key="k", look=LOOK, scene=Scene(), line_sha256=ref.sha256, width_px=SIZE[1], height_px=SIZE[0], seeds=(0, 1, 2, 3))


def faults(storage: FilesystemStorage, asked: RenderRequest, pictures: list[Picture], beside: tuple[Picture, ...] = ()) -> list[list[str]]:
    return [verdict["faults"] for verdict in judge(storage, asked, pictures, beside=beside, least_layout_kept=0.35)]


def test_each_picture_is_judged_and_a_copy_only_as_the_later_one(storage: FilesystemStorage) -> None:
    asked = request(storage, drawn())
    upside_down, nothing = painting(drawn()[::-1], 2), np.zeros((*SIZE, 3), np.uint8)
    pictures = stored(storage, painting(drawn()), painting(drawn(), 1), painting(drawn()), upside_down, nothing)

    found = faults(storage, asked, pictures)

    assert found == [[], [], [Fault.TWIN], [Fault.LAYOUT], [Fault.BLANK]]


def test_a_picture_painted_again_is_compared_with_the_good_ones_beside_it(storage: FilesystemStorage) -> None:
    asked = request(storage, drawn())
    again, good = stored(storage, painting(drawn()), painting(drawn()))

    assert faults(storage, asked, [again]) == [[]]
    assert faults(storage, asked, [again], (good,)) == [[Fault.TWIN]]


def test_judging_twice_gives_the_same_plain_data(storage: FilesystemStorage) -> None:
    asked, pictures = request(storage, drawn()), stored(storage, painting(drawn()), painting(drawn(80)))

    first, second = (judge(storage, asked, pictures, least_layout_kept=0.35) for _ in range(2))

    assert first == second
    assert all(isinstance(value, int) for verdict in first for value in verdict["figures"].values() if value is not None)
    told = painted(asked, RenderResult(key="k", pictures=tuple(pictures)), first, numbers=(0, 1), painting=1, least_layout_kept=0.35)
    assert [each.verdict for each in told] == [Verdict.from_json(verdict) for verdict in second]


def test_a_picture_that_is_gone_from_the_store_is_an_error_not_a_verdict(storage: FilesystemStorage) -> None:
    lost = Picture(seed=1, sha256="ab" * 32, size_bytes=1, pixel_sha256="cd" * 32)

    with pytest.raises(StorageError):
        judge(storage, request(storage, drawn()), [lost], least_layout_kept=0.35)


@pytest.mark.parametrize(
    ("scene", "dark"),
    [
        (Scene(time_of_day="夜"), True),
        (Scene(time_of_day="Night"), True),
        (Scene(place="洞窟"), True),
        (Scene(light="moonlight"), True),
        (Scene(time_of_day="昼"), False),
        (Scene(place="Knightsbridge"), False),
        (Scene(), False),
    ],
)
def test_only_words_for_the_dark_make_a_dark_picture_meant(scene: Scene, dark: bool) -> None:
    assert dark_is_meant(scene) is dark


def test_a_second_painting_has_seeds_of_its_own() -> None:
    first, second = ({seed_of("look", "draft:1", number, painting=painting) for number in range(8)} for painting in (1, 2))

    assert len(first | second) == 16
    assert all(0 <= seed < 2**63 for seed in second)


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_has_words_in_both_languages(fault: Fault) -> None:
    told = quality_words.flag((fault,), twice=True) + quality_words.none_left([(fault,)])

    assert "CHECK FIRST" in told and "要確認" in told and "%" not in told
