"""The shot's words on their way to the render service, and what the artist reads of what became of them."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from integration.production import Background, BackgroundId, Project, ProjectId, Shot, ShotId
from integration.settings import ProjectSettings
from integration.tracker.shotgrid.records import to_background
from integration.tracker_settings import SceneFields
from integration.workflow.scene import scene_of
from integration.workflow.words import what_became_of_words
from render_service.contract import Look, RenderRequest, RenderResult, Scene
from render_service.recipe import recipe_of

BACKGROUND = Background(
    id=BackgroundId("Shot:7"),
    project=Project(id=ProjectId("70"), name="Show"),
    code="c001",
    shots=(Shot(id=ShotId("7"), code="c001"),),
    place="風ノ森駅",
    season="秋",
    art_note="ＫＡＺＥの坂、逆光で",
)
LOOK = Look(
    name="english",
    title="English",
    kind="controlnet",
    folder="/models",
    revision="1",
    files={},
    licence="Apache-2.0",
    commercial=True,
    training_data="none",
    num_inference_steps=1,
    guidance_scale=2.0,
    prompt="{season}, {place}",
    reads=("en",),
    digest="d" * 64,
)


def note_about(scene: Scene, look: Look = LOOK) -> str:
    request = RenderRequest(key="k", look=look, scene=scene, line_sha256="1" * 64, width_px=64, height_px=40, seeds=(7,))
    return "\n".join(what_became_of_words(RenderResult(key="k", recipe=recipe_of(request, []))))


def test_only_house_words_that_the_shot_speaks_of_travel() -> None:
    rules = ProjectSettings(words={"風ノ森駅": "country station", "kaze": "windy", "峠の茶屋": "tea house"})

    scene = scene_of(BACKGROUND, rules)

    assert scene.house_words == {"風ノ森駅": "country station", "kaze": "windy"}
    assert (scene.place, scene.season, scene.art_note) == (BACKGROUND.place, "秋", BACKGROUND.art_note)


@pytest.mark.parametrize("words", [{"": "x"}, {"x" * 121: "x"}, {"x": "y" * 121}])
def test_a_house_word_that_would_be_cut_is_no_setting(words: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ProjectSettings(words=words)


def test_the_note_tells_what_was_translated_left_and_not_asked_for() -> None:
    note = note_about(Scene(season="秋", place="月ヶ瀬の商店街", weather="雨", house_words={"商店街": "arcade"}))

    assert "プロンプト: autumn, 月ヶ瀬の arcade" in note
    assert "作品の用語: 商店街 → arcade." in note
    assert "訳語: 秋 → autumn." in note
    assert "訳なし: 月ヶ瀬の." in note
    assert "このLookでは未使用: weather / 天候." in note
    assert "長いため省略" not in note


def test_the_note_says_when_words_were_cut() -> None:
    note = note_about(Scene(place="長" * 10_000))

    assert "長いため省略: place / 場所." in note
    assert len(note) < 2_000


def test_the_note_says_what_the_model_was_not_given() -> None:
    told = RenderResult(key="k", recipe={"runs": [{"unread": "a far hill"}, {"unread": "a far hill"}]})

    assert what_became_of_words(told) == ["Beyond what the model reads / 長くて読まれない部分: a far hill."]


def test_a_note_about_a_model_that_reads_everything_speaks_of_no_translation() -> None:
    note = note_about(Scene(season="秋", place="森"), replace(LOOK, reads=("en", "ja")))

    assert "訳語" not in note and "訳なし" not in note
    assert "プロンプト: 秋、森" in note


def test_a_site_may_call_its_scene_fields_as_it_likes() -> None:
    record = {
        "type": "Shot",
        "id": 7,
        "code": "c001",
        "project": {"type": "Project", "id": 70, "name": "Show"},
        "sg_basho": "森",
        "sg_place": "sea",
        "sg_tags": [{"type": "Tag", "id": 1, "name": "雨"}, {"type": "Tag", "id": 2, "name": "夜"}],
    }

    background = to_background(record, SceneFields(place="sg_basho", weather="sg_tags", season="", art_note="sg_missing"))

    assert (background.place, background.weather, background.season, background.art_note) == ("森", "雨, 夜", "", "")


def test_a_background_on_a_shot_serves_the_shots_it_is_shared_with_each_once() -> None:
    mine = {"type": "Shot", "id": 1, "code": "c001"}
    others = [{"type": "Shot", "id": 2, "name": "c002"}, mine, {"type": "Asset", "id": 3, "name": "station"}, "c004"]
    record = {**mine, "project": {"type": "Project", "id": 70, "name": "s"}, "sg_shared": others}

    served = [shot.code for shot in to_background(record, SceneFields(), shared="sg_shared").shots]

    assert served == ["c001", "c002"]
    assert [shot.code for shot in to_background(record, SceneFields()).shots] == ["c001"]
    assert [shot.code for shot in to_background({**record, "sg_shared": "c002"}, SceneFields(), shared="sg_shared").shots] == ["c001"]
