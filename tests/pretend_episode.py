"""An episode for tests: as many cuts as a test asks for, with genzu drawn here, and people who approve them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

PROJECT, PROJECT_ID = "テスト作品", 70
SCRIPT, KEY, PASSWORD = "haikei", "a-key-of-the-tests", "a-password-of-the-tests"
LAYOUT_STEP, BACKGROUND_STEP = 11, 12
PEOPLE = {"sakura": 41, "layout": 42, "cleaner": 43, "director": 44, "artist": 45}
"""Numbers of the people in the seed, by login."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One cut of the episode."""

    number: int

    @property
    def code(self) -> str:
        """``c001``."""
        return f"c{self.number:03d}"

    @property
    def shot(self) -> int:
        """Number of its Shot in the seed."""
        return 1000 + self.number

    @property
    def layout_task(self) -> int:
        """Number of its layout task in the seed."""
        return 2000 + self.number

    @property
    def genzu(self) -> int:
        """Number of the Version that holds its genzu, in the seed."""
        return 3000 + self.number


def draw_genzu(number: int) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """A genzu: H×W×3 uint8 BGR, white paper, printed frame, a horizon and hills that differ by `number`."""
    sheet = np.full((620, 877, 3), 255, np.uint8)
    cv2.rectangle(sheet, (63, 99), (813, 521), (60, 60, 60), 2)
    rng = np.random.default_rng(number)
    for height in (230, 290, 350):
        xs = np.linspace(66, 810, 30)
        ys = height + np.cumsum(rng.normal(0, 6, 30))
        cv2.polylines(sheet, [np.stack([xs, ys], 1).astype(np.int32)], False, (30, 30, 30), 2, cv2.LINE_AA)
    x = int(rng.integers(200, 600))
    cv2.rectangle(sheet, (x, 380), (x + 90, 450), (30, 30, 30), 2)
    cv2.line(sheet, (x, 380), (x + 45, 340), (30, 30, 30), 2)
    cv2.line(sheet, (x + 90, 380), (x + 45, 340), (30, 30, 30), 2)
    return sheet


def write_episode(folder: Path, *, cuts: int, genzu: bool = True) -> Path:
    """Write seed and pictures of an episode of `cuts` cuts into `folder`; return the seed file."""
    folder.mkdir(parents=True, exist_ok=True)
    entities: list[dict[str, Any]] = [*_people(), {"type": "Project", "id": PROJECT_ID, "name": PROJECT}]
    entities += [
        {"type": "Step", "id": LAYOUT_STEP, "code": "Layout", "short_name": "LO", "entity_type": "Shot"},
        {"type": "Step", "id": BACKGROUND_STEP, "code": "Background", "short_name": "BG", "entity_type": "Shot"},
        {"type": "Sequence", "id": 60, "code": "ep01", "project": _ref("Project", PROJECT_ID)},
    ]
    for cut in map(Cut, range(1, cuts + 1)):
        entities += _cut(cut)
        if genzu:
            picture = folder / f"{cut.code}.png"
            cv2.imwrite(str(picture), draw_genzu(cut.number))
            entities.append(_genzu(cut, picture.name))
    seed = folder / "episode.json"
    seed.write_text(json.dumps({"entities": entities}, ensure_ascii=False), encoding="utf-8")
    return seed


def _people() -> list[dict[str, Any]]:
    people = [
        (41, "sakura", "桜井 ひろ"),
        (42, "layout", "森 航"),
        (43, "cleaner", "原 図子"),
        (44, "director", "監 督太"),
        (45, "artist", "背 景子"),
    ]
    return [
        *(
            {"type": "HumanUser", "id": i, "login": login, "name": name, "email": f"{login}@example.com", "password_proxy": PASSWORD}
            for i, login, name in people
        ),
        {"type": "ApiUser", "id": 5, "firstname": SCRIPT, "salted_password": KEY},
        {"type": "Group", "id": 8, "code": "BG team", "users": [_ref("HumanUser", 45)]},
    ]


def _cut(cut: Cut) -> list[dict[str, Any]]:
    project = _ref("Project", PROJECT_ID)
    return [
        {
            "type": "Shot",
            "id": cut.shot,
            "code": cut.code,
            "project": project,
            "sg_sequence": _ref("Sequence", 60),
            "sg_place": "山道",
            "sg_season": "秋",
            "sg_time_of_day": "夕方",
            "sg_weather": "晴れ",
            "sg_light": "左から",
        },
        {
            "type": "Task",
            "id": cut.layout_task,
            "content": "Layout",
            "project": project,
            "entity": _ref("Shot", cut.shot),
            "step": _ref("Step", LAYOUT_STEP),
            "sg_status_list": "rev",
            "task_assignees": [_ref("HumanUser", 42)],
        },
    ]


def _genzu(cut: Cut, picture: str) -> dict[str, Any]:
    return {
        "type": "Version",
        "id": cut.genzu,
        "code": f"{cut.code}_genzu",
        "project": _ref("Project", PROJECT_ID),
        "entity": _ref("Shot", cut.shot),
        "sg_task": _ref("Task", cut.layout_task),
        "user": _ref("HumanUser", 43),
        "sg_status_list": "rev",
        "sg_uploaded_movie": {"file": picture},
    }


def _ref(kind: str, number: int) -> dict[str, Any]:
    return {"type": kind, "id": number}
