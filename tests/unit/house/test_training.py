"""Training stops and goes on where it stopped, on a few small scenes."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from render_service.house.dataset import HEIGHT_PX, MOODS_EACH, WIDTH_PX, Plates, moods_of
from render_service.house.line_drawing import draw_layout
from render_service.house.plate import paint_plate
from render_service.house.scene import scenery
from render_service.house.train import Training, painter_stage

SCENES = 6


@pytest.fixture(scope="module")
def plates() -> Plates:
    scenes = [scenery(seed) for seed in range(SCENES)]
    painted = [[paint_plate(scene, mood, HEIGHT_PX, WIDTH_PX) for mood in moods_of(scene.seed)] for scene in scenes]
    return Plates(
        lines=np.stack([draw_layout(scene, HEIGHT_PX, WIDTH_PX) for scene in scenes]),
        pictures=np.array(painted),
        moods=[moods_of(scene.seed) for scene in scenes],
        names=[scene.names for scene in scenes],
    )


def one_step_more(folder: Path, plates: Plates) -> Training:
    """A training of the painter whose time is up after one step."""
    training, batch = painter_stage(folder, plates, minutes=1, device="cpu")
    training.budget_s = training.spent_s + 1e-6
    training.run(batch, seed=7)
    return training


def test_every_scene_is_painted_in_as_many_moods_as_the_rest(plates: Plates) -> None:
    assert plates.pictures.shape == (SCENES, MOODS_EACH, HEIGHT_PX, WIDTH_PX, 3)
    assert all(len(moods) == MOODS_EACH for moods in plates.moods)


def test_training_goes_on_from_its_checkpoint(tmp_path: Path, plates: Plates) -> None:
    first = one_step_more(tmp_path, plates)
    resumed, _ = painter_stage(tmp_path, plates, minutes=1, device="cpu")

    assert (resumed.step, resumed.spent_s) == (1, first.spent_s)
    assert all(torch.equal(old, new) for old, new in zip(first.trained.parameters(), resumed.trained.parameters(), strict=True))
    assert all(torch.equal(old, new) for old, new in zip(first.mean.parameters(), resumed.mean.parameters(), strict=True))
    assert len(resumed.optimiser.state_dict()["state"]) == len(list(resumed.trained.parameters()))

    second = one_step_more(tmp_path, plates)

    assert second.step == 2
    assert second.spent_s > first.spent_s
    assert not list(tmp_path.glob("*.part"))


def test_a_spent_budget_trains_no_more(tmp_path: Path, plates: Plates) -> None:
    spent = one_step_more(tmp_path, plates)

    again, batch = painter_stage(tmp_path, plates, minutes=0.999 * spent.spent_s / 60, device="cpu")
    again.run(batch, seed=7)

    assert again.step == 1
