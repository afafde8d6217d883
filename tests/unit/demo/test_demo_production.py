"""The demo production holds together, and its genzu are what the demo promises: thirteen to draft, one to refuse."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import integration.sandbox
from integration.artwork.checked_image import open_checked
from integration.artwork.genzu import register_genzu
from integration.errors import ArtworkError

DEMO = Path(integration.sandbox.__file__).parent / "demo"
ENTITIES: list[dict[str, Any]] = json.loads((DEMO / "production.json").read_text(encoding="utf-8"))["entities"]
BY_ID = {(entity["type"], entity["id"]): entity for entity in ENTITIES}
SHOTS = sorted(entity["code"] for entity in ENTITIES if entity["type"] == "Shot")
WORDS_ONLY, PAN = "c012", "c010"


def of(kind: str) -> list[dict[str, Any]]:
    return [entity for entity in ENTITIES if entity["type"] == kind]


def links(value: Any) -> list[tuple[str, int]]:
    if isinstance(value, dict) and "type" in value:
        return [(value["type"], value["id"])]
    return [link for item in value for link in links(item)] if isinstance(value, list) else []


def genzu_file(cut: str) -> Path:
    version = next(v for v in of("Version") if v["sg_version_type"] == "genzu" and BY_ID[links(v["entity"])[0]]["code"] == cut)
    return DEMO / str(version["sg_uploaded_movie"]["file"])


def test_every_entity_is_there_once_and_every_link_leads_to_one():
    assert len(BY_ID) == len(ENTITIES)
    dangling = {link for entity in ENTITIES for value in entity.values() for link in links(value)} - BY_ID.keys()
    assert dangling == set()


def test_every_picture_is_there_and_all_are_small():
    named = {version["sg_uploaded_movie"]["file"] for version in of("Version") if "sg_uploaded_movie" in version}
    there = {path.relative_to(DEMO).as_posix() for path in DEMO.rglob("*.png")}

    assert named == there
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) < 4_000_000


def test_every_cut_has_one_layout_task_in_review_and_one_genzu():
    tasks = Counter(BY_ID[links(task["entity"])[0]]["code"] for task in of("Task") if task["content"] == "Layout")
    genzu = Counter(BY_ID[links(v["entity"])[0]]["code"] for v in of("Version") if v["sg_version_type"] == "genzu")

    assert len(SHOTS) == 14
    assert tasks == genzu == dict.fromkeys(SHOTS, 1)
    assert {task["sg_status_list"] for task in of("Task") if task["content"] == "Layout"} == {"rev"}


def test_one_cut_has_its_review_task_already():
    background = [task for task in of("Task") if BY_ID[links(task["step"])[0]]["code"] == "Background"]

    assert [task["content"] for task in background] == ["BG revision"]


def test_the_cuts_follow_one_another_and_all_work_is_estimated():
    shots = sorted(of("Shot"), key=lambda shot: shot["code"])

    assert [shot["sg_cut_order"] for shot in shots] == list(range(1, 15))
    assert all(shot["sg_cut_out"] - shot["sg_cut_in"] + 1 == shot["sg_cut_duration"] for shot in shots)
    assert all(task["est_in_mins"] > 0 for task in of("Task"))


def test_the_cuts_cover_all_seasons_times_and_weathers():
    def words(field: str) -> str:
        return " ".join(shot[field] for shot in of("Shot"))

    assert all(season in words("sg_season") for season in "春夏秋冬")
    assert all(time in words("sg_time_of_day") for time in ("朝", "昼", "夕", "夜"))
    assert all(weather in words("sg_weather") for weather in ("晴れ", "曇り", "雨", "霧"))


def test_everybody_has_both_names_and_a_role():
    people = of("HumanUser")

    assert len(people) >= 8
    assert all(person["name"] and person["sg_name_en"].isascii() and person["sg_role"] for person in people)
    assert all(person["email"].endswith("@example.com") for person in people)


@pytest.mark.parametrize("cut", [cut for cut in SHOTS if cut != WORDS_ONLY])
def test_a_genzu_registers(cut):
    genzu = register_genzu(open_checked(genzu_file(cut)), width_px=384, height_px=216)

    assert genzu.frame.is_printed
    assert genzu.height_px == 216
    assert (genzu.width_px > 384 * 1.3) == (cut == PAN)
    assert 0.005 < np.mean(genzu.line < 128) < 0.3


def test_the_genzu_of_words_alone_is_refused_with_its_reason():
    with pytest.raises(ArtworkError, match="only writing") as told:
        register_genzu(open_checked(genzu_file(WORDS_ONLY)), width_px=384, height_px=216)

    assert "horizon" in told.value.hint


def test_some_genzu_have_cels_and_shadows():
    registered = [register_genzu(open_checked(genzu_file(cut)), width_px=384, height_px=216) for cut in SHOTS if cut != WORDS_ONLY]

    assert sum(bool(genzu.cel_mask.any()) for genzu in registered) >= 3
