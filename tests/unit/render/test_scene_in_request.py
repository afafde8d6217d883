"""The shot's words travel through the queue as JSON, and words of the wrong kind are refused in a sentence."""

import json
from dataclasses import replace
from typing import Any

import pytest

from integration.errors import RenderError
from render_service.contract import RenderRequest, Scene
from render_service.render_job import read_request
from tests.unit.render.test_recipe import REQUEST


def test_words_come_out_of_the_queue_as_they_went_in() -> None:
    scene = Scene(place="風ノ森駅 {light}", art_note="a\nb\u202e", house_words={"風ノ森駅": "station"})

    read = read_request(json.loads(json.dumps(replace(REQUEST, scene=scene).as_json())))

    assert read.scene == scene


@pytest.mark.parametrize(
    "scene",
    [
        {"place": 5},
        {"place": None},
        {"house_words": 5},
        {"house_words": ["a"]},
        {"house_words": {"a": 1}},
        {"house_words": None},
        {"mood": ""},
    ],
    ids=str,
)
def test_words_of_the_wrong_kind_are_refused(scene: dict[str, Any]) -> None:
    data = REQUEST.as_json()

    with pytest.raises(RenderError, match="no render request"):
        read_request({**data, "scene": scene})


def test_a_request_from_before_there_were_house_words_is_read() -> None:
    data = RenderRequest.as_json(REQUEST)

    assert read_request({**data, "scene": {"place": "森"}}).scene == Scene(place="森")
