"""`haikei look` says which Looks there are, finds what is wrong with one, makes one, and paints with it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from integration.cli.look import add_look, check_looks, show_looks
from integration.errors import RenderError, SettingsError
from render_service.look_adding import Fetched
from tests.tiny_pipeline import build_tiny_look

GENZU = Path(__file__).parents[3] / "integration" / "sandbox" / "demo" / "genzu" / "c001.png"


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("looks")
    build_tiny_look(folder)
    return folder


@pytest.fixture
def settings(tmp_path: Path, looks: Path) -> Path:
    file = tmp_path / "haikei.toml"
    file.write_text(f"[render]\nlooks = [{json.dumps(str(looks))}]\nthreads = 1\n", encoding="utf-8")
    return file


def test_every_look_and_every_ready_one_is_listed(
    settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")

    show_looks(settings)

    said = capsys.readouterr().out
    assert "tiny" in said and "house" in said
    assert "haikei look add" in said and "z-image-turbo" in said and "Tongyi-MAI/Z-Image-Turbo" in said


def test_a_look_whose_files_are_unchanged_passes_the_check(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_looks(settings, "tiny")

    assert "files unchanged" in capsys.readouterr().out


def test_a_look_with_a_changed_file_is_named_with_what_to_do(
    tmp_path: Path, looks: Path, capsys: pytest.CaptureFixture[str], settings: Path
) -> None:
    bad = tmp_path / "bad"
    build_tiny_look(bad)
    (bad / "tiny-model" / "unet" / "config.json").write_text("{}", encoding="utf-8")
    settings.write_text(f"[render]\nlooks = [{json.dumps(str(bad))}]\n", encoding="utf-8")

    with pytest.raises(RenderError, match="1 things keep"):
        check_looks(settings, "tiny")

    assert "unet/config.json was changed" in capsys.readouterr().out


def test_adding_shows_the_file_first_and_writes_it_only_when_told(
    tmp_path: Path, looks: Path, settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = tmp_path / "own.toml"
    text = (looks / "tiny.toml").read_text(encoding="utf-8")
    template.write_text(text[: text.index("[model.files]")] + text[text.index("[sampler]") :], encoding="utf-8")
    fetched = {"model": Fetched(folder=looks / "tiny-model", revision="random-2")}
    into = tmp_path / "new"

    add_look(settings, str(template), fetched, name="mine", into=into, write=False)
    assert not into.exists()
    add_look(settings, str(template), fetched, name="mine", into=into, write=True)

    assert "[model.files]" in capsys.readouterr().out
    assert 'name = "mine"' in (into / "mine.toml").read_text(encoding="utf-8")
    with pytest.raises(RenderError, match="is there already"):
        add_look(settings, str(template), fetched, name="mine", into=into, write=True)


def test_adding_without_a_folder_for_looks_says_where_to_set_it(tmp_path: Path, looks: Path) -> None:
    (tmp_path / "haikei.toml").write_text("", encoding="utf-8")

    with pytest.raises(SettingsError, match="no folder for Looks"):
        add_look(tmp_path / "haikei.toml", "flux2-klein", {}, name="", into=None, write=False)


def test_a_layout_is_painted_on_this_machine_with_picture_and_recipe(settings: Path, tmp_path: Path) -> None:
    said = _haikei("look", "try", "tiny", str(GENZU), "--season", "秋", "--out", str(tmp_path), "--seed", "7", "-s", str(settings))

    assert said.returncode == 0, said.stderr
    picture = Image.open(tmp_path / "c001_tiny_7.png")
    assert np.asarray(picture).std() > 1
    recipe = json.loads((tmp_path / "c001_tiny_7.recipe.json").read_text(encoding="utf-8"))
    assert recipe["seeds"] == [7]
    assert picture.size == (recipe["width_px"], recipe["height_px"])
    assert "秋" in said.stdout or "autumn" in said.stdout


def test_a_layout_that_is_none_is_refused_in_one_sentence(settings: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_bytes(b"no picture")

    said = _haikei("look", "try", "tiny", str(tmp_path / "notes.png"), "-s", str(settings))

    assert said.returncode == 1
    assert said.stderr.startswith("haikei: ") and "Traceback" not in said.stderr


def _haikei(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "integration.cli.app", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"})
