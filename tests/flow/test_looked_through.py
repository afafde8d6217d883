"""What vendors hand in is looked through; undeclared AI that nobody allowed is a question for named people, and for nobody else."""

import json
from pathlib import Path

from PIL import Image, PngImagePlugin

from tests.flow.test_final_guard import listed
from tests.png_chunk import with_chunk
from tests.pretend_episode import Cut
from tests.running_haikei import RunningHaikei, running_haikei


def picture(file: Path, **texts: str) -> Path:
    """A PNG with these texts in it."""
    told = PngImagePlugin.PngInfo()
    for key, value in texts.items():
        told.add_text(key, value)
    Image.new("RGB", (64, 36), "teal").save(file, pnginfo=told)
    return file


def looked(haikei: RunningHaikei) -> dict[str, str]:
    """What came of each Version's file, the genzu's apart."""
    state = json.loads(haikei.haikei("status", "--json").stdout)
    return {each["name"].removesuffix(" v001"): each["state"] for each in state["looked_through"] if "genzu" not in each["name"]}


def test_undeclared_ai_is_asked_about_once_and_nowhere_else(tmp_path: Path, tracker: str) -> None:
    cut = Cut(1)
    generated = picture(tmp_path / "generated.png", parameters="a town by the sea\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1")
    project = {"ai_use": [], "flags_to": ["sakura"]}
    with running_haikei(tmp_path, cuts=1, project=project, tracker=tracker) as haikei:
        floor = haikei.floor
        suspect = floor.hand_in(cut, "c001_v001", generated)
        floor.hand_in(cut, "c001_v002", generated, declares_ai=True)
        floor.hand_in(cut, "c001_v003", picture(tmp_path / "plain.png"))
        (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing more")
        floor.hand_in(cut, "c001_v004", tmp_path / "broken.png")
        (tmp_path / "moved.png").write_bytes(with_chunk((tmp_path / "plain.png").read_bytes(), b"caBX", b"c2pa of another file"))
        floor.hand_in(cut, "c001_v005", tmp_path / "moved.png")
        found = haikei.wait(lambda: seen if len(seen := looked(haikei)) == 5 else None, what="five files looked through")
        (note,) = haikei.wait(lambda: [each for each in floor.every_note() if "question" in each.subject], what="the Note")
        haikei.stop()
        haikei.start()
        (flag,) = listed(haikei)
        status = haikei.haikei("status").stdout

        states = {"c001_v001": "flagged", "c001_v002": "explained", "c001_v003": "clear", "c001_v004": "not_read", "c001_v005": "unclear"}
        assert found == states
        assert (flag["reason"], flag["version"]) == ("undeclared_ai", suspect)
        assert "not allowed" in flag["details"]
        assert "c001" not in note.content
        assert set(note.on) & {suspect, floor.shot(cut)} == set()
        assert floor.notes(cut) == []
        assert "questions waiting: 1" in status
        assert "c001_v004" in status
        assert "c001_v005" in status
        answered = haikei.haikei(
            "flags", "answer", str(flag["flag"]), "--reason", "declared_since", "--by", "桜井 ひろ", "--words", "聞きました"
        )
        assert answered.returncode == 0, answered.stderr
        assert listed(haikei) == []
