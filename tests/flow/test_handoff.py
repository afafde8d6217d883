"""Drafts go out in layers, and what comes back is told from layers, from words, and measured."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from psd_tools import PSDImage
from psd_tools.api.layers import Group

from integration.artwork.checked_image import open_checked
from integration.storage.opening import open_storage
from integration.studio import storage_options
from tests.floor import Floor, Standing, approve
from tests.flow.test_main_job import entries_of
from tests.pretend_episode import Cut
from tests.running_haikei import RunningHaikei, running_haikei

pytestmark = pytest.mark.timeout(300)
"""Services are started and stopped; a busy machine takes its time."""

CUT = Cut(1)


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> Iterator[RunningHaikei]:
    """The services over two cuts, two drafts each, handed out in both formats."""
    with running_haikei(
        tmp_path_factory.mktemp("handoff"), cuts=2, project={"drafts": 2, "handoff": ["psd", "ora"]}, tracker=tracker
    ) as running:
        yield running


@pytest.fixture(scope="module")
def layers(haikei: RunningHaikei, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layered file as the artist finds it on their task."""
    approve(haikei.floor, CUT)
    task = haikei.wait_for(CUT.code, "delivered").review_task
    assert haikei.floor.files_on(task) == ["c001_BG_r1.ora", "c001_BG_r1.psd"]
    file = tmp_path_factory.mktemp("artist") / "c001.psd"
    haikei.floor.fetch_attached(task, "c001_BG_r1.psd", file)
    return file


def measured(haikei: RunningHaikei, version: str) -> list[dict[str, Any]]:
    """Every measure of a Version, in order."""
    found = [json.loads(body) for body in entries_of(haikei, CUT)]
    return [each for each in found if each["kind"] == "measure.computed" and each["tracker"]["version_id"] == version]


def painted_over(layers: Path, file: Path) -> Path:
    """The artist paints the left half over, in the group made for it, and saves."""
    psd = PSDImage.open(layers)
    (paint,) = (each for each in psd.descendants() if isinstance(each, Group) and each.name == "加筆")
    half = np.zeros((psd.height, psd.width, 4), np.uint8)
    half[:, : psd.width // 2] = np.random.default_rng(5).integers(0, 255, (psd.height, psd.width // 2, 4), dtype=np.uint8)
    half[:, : psd.width // 2, 3] = 255
    paint.create_pixel_layer_from_array(half, name="paint").name = "空"
    psd.save(file)
    return file


def test_the_layered_file_holds_lines_room_to_paint_and_locked_drafts(layers: Path) -> None:
    psd = PSDImage.open(layers)

    names = [each.name for each in psd.descendants()]
    drafts = [each for each in psd.descendants() if each.name.startswith("AIドラフト")]

    assert names[-1] == "原図"
    assert "加筆" in names
    assert [each.name for each in drafts] == ["AIドラフト B", "AIドラフト A"]
    assert [bool(each.locks and each.locks.complete) for each in drafts] == [True, True]
    assert [each.visible for each in drafts] == [False, True]


def test_a_painted_layer_is_found_and_its_area_told(haikei: RunningHaikei, floor: Floor, layers: Path, tmp_path: Path) -> None:
    file = painted_over(layers, tmp_path / "c001_v001.psd")
    version = floor.hand_in(CUT, "c001_v001", file, task=haikei.rounds()[0].review_task, by="artist")

    (first,) = haikei.wait(lambda: measured(haikei, version), what="the measure")
    first_draft, other = floor.drafts(CUT)
    floor.set_version(first_draft.id, Standing.NOT_USED, by="artist")
    floor.set_version(other.id, Standing.USED, by="artist")
    later = haikei.wait(
        lambda: found[-1] if (found := measured(haikei, version))[-1]["measure"]["lineage"] == "said" else None, what="the measure anew"
    )

    found = first["measure"]
    assert found["lineage"] == "layers"
    assert found["painted_ppm"] == pytest.approx(500_000, abs=8_000)
    assert sum(found[f"{name}_ppm"] for name in ("kept", "adjusted", "repainted", "cannot_tell")) == 1_000_000
    assert found["repainted_least_ppm"] <= found["repainted_ppm"] <= found["repainted_most_ppm"]
    assert {layer["state"] for layer in found["layers"]} == {"shipped", "new"}
    report = json.loads(haikei.haikei("report", "shot", CUT.code, "--json").stdout)["measures"]
    assert later["corrects"] in {each["index"] for each in report if each["corrected_by"]}
    told = haikei.haikei("report", "shot", CUT.code).stdout
    assert "as people say" in told
    assert "tell neither who painted" in told
    assert open_checked(open_storage(**storage_options(haikei.settings)).get(found["map_sha256"])).format == "PNG"


def test_the_trackers_summary_counts_and_gives_no_share(haikei: RunningHaikei, floor: Floor, layers: Path) -> None:
    haikei.wait(lambda: "used" in floor.summary(CUT) and "1 revision" in floor.summary(CUT), what="the summary")

    summary = floor.summary(CUT)
    assert summary.startswith("AI drafts: 2 in 1 round")
    assert "%" not in summary
    assert "背" not in summary.replace("背景", "")
