"""Backgrounds go to a house without a login, and what it hands back stands in the tracker in its name, once."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from integration import database
from integration.provenance.finding import FindingKind
from integration.provenance.inspection import inspect_file
from tests.floor import Floor, SeenVersion, Standing, approve
from tests.flow.test_books import entries
from tests.flow.test_final_guard import listed
from tests.layered_genzu import write_layered_genzu
from tests.pretend_episode import PROJECT, Cut
from tests.running_haikei import RunningHaikei, running_haikei

pytestmark = pytest.mark.timeout(300)
"""Services are started and stopped; a busy machine takes its time."""

HOUSE = "スタジオ雲"
DUE = "2099-03-31"
GENERATED = "a town by the sea\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> Iterator[RunningHaikei]:
    """The services over five cuts; AI is allowed for the BG team's work alone, which is all of it."""
    project = {
        "drafts": 2,
        "assignment": {"kind": "group", "to": ["BG team"]},
        "ai_use": [{"allowed_by": "製作 一", "until": "2099-12-31", "vendors": ["BG team"]}],
        "flags_to": ["sakura"],
        "orders": {"board_types": ["Background"]},
    }
    with running_haikei(tmp_path_factory.mktemp("orders"), cuts=5, project=project, tracker=tracker) as running:
        yield running


def order(haikei: RunningHaikei, out: Path, *arguments: str, house: str = HOUSE) -> tuple[str, Path]:
    """Make an order as a zip; what the command said, and the zip."""
    ran = haikei.haikei("order", *arguments, "--to", house, "--due", DUE, "--out", str(out))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout, Path(ran.stdout.splitlines()[-1])


def asked_for(package: Path) -> dict[str, Any]:
    """The package's order.json."""
    with zipfile.ZipFile(package) as archive:
        read: dict[str, Any] = json.loads(archive.read(f"{package.stem}/order.json"))
    return read


def painting(file: Path, seed: int, **texts: str) -> Path:
    """A finished background, 1920 × 1080, with these texts in it."""
    file.parent.mkdir(exist_ok=True)
    told = PngImagePlugin.PngInfo()
    for key, value in texts.items():
        told.add_text(key, value)
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 255, (9, 16, 3), dtype=np.uint8))
    small.resize((1920, 1080)).save(file, pnginfo=told)
    return file


def received(haikei: RunningHaikei, path: Path, *arguments: str) -> dict[str, Any]:
    """What `haikei receive` says of a return."""
    ran = haikei.haikei("receive", str(path), "--json", *arguments)
    assert ran.stdout, ran.stderr
    said: dict[str, Any] = json.loads(ran.stdout)
    return said


def of_house(floor: Floor, order: str) -> list[SeenVersion]:
    """The Versions that were received for an order."""
    return floor.every_draft(f"received:{order}:")


def hand_in(floor: Floor, cut: Cut, name: str, file: Path, *, kind: str) -> str:
    """Somebody hands in a Version of a type on the layout task."""
    return floor.hand_in(cut, f"{cut.code} {name}", file, task=floor.layout_task(cut), kind=kind)


def test_an_order_without_a_draft_goes_out_and_comes_back_once(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut = Cut(1)
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")

    said, package = order(haikei, tmp_path, cut.code, "--with-drafts", "--by", "sakura")
    asked = asked_for(package)
    (background,) = asked["backgrounds"]
    (part,) = background["parts"]
    back = tmp_path / "back"
    back.mkdir()
    painting(back / f"{part['stem']}.png", 1)
    (back / "ai-declaration.txt").write_text(f"{part['stem']} = no\n", encoding="utf-8")
    rehearsed = received(haikei, back, "--dry-run")
    before = of_house(floor, asked["order"])
    first, second = received(haikei, back), received(haikei, back)
    (version,) = of_house(floor, asked["order"])

    assert "No drafts go along" in said and "covers only work for BG team" in said
    assert [file["what"] for file in part["shipped"]] == ["genzu", "line"]
    assert background["ai"] == "none"
    assert (rehearsed["files"][1]["fate"], before) == ("would be taken", [])
    assert [(each["fate"], each["ai"]) for each in first["files"] if each["stem"]] == [("taken", "declared: none")]
    assert [each["fate"] for each in second["files"] if each["stem"]] == ["taken before"]
    assert (first["missing"], version.name, version.standing) == ([], part["stem"], Standing.REVIEWING)
    assert floor.task(version.task).name == "BG revision"
    assert HOUSE in version.description
    floor.fetch(version.id, tmp_path / "fetched.png")
    assert (tmp_path / "fetched.png").read_bytes() == (back / f"{part['stem']}.png").read_bytes()
    (revision,) = entries(haikei, cut, "revision.submitted")
    handed = [entry for entry in entries(haikei, cut, "handover") if "to_ref" in entry]
    assert (revision["actor"]["kind"], len(handed)) == ("organisation", 1)
    assert HOUSE not in json.dumps([revision, handed], ensure_ascii=False)
    told = haikei.haikei("report", "shot", cut.code).stdout
    assert f"to {HOUSE}" in told and "桜井 ひろ" in told
    assert f"{HOUSE} (organisation)" in told
    assert haikei.haikei("orders").stdout.startswith("No open orders")


def test_an_order_to_a_house_the_policy_names_takes_its_drafts_along(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut = Cut(2)
    hand_in(floor, cut, "board", painting(tmp_path / "board.png", 2), kind="Background")
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")

    plain, _ = order(haikei, tmp_path / "plain", cut.code, house="BG team")
    _, package = order(haikei, tmp_path / "drafts", cut.code, "--with-drafts", house="BG team")
    (part,) = asked_for(package)["backgrounds"][0]["parts"]
    drafts = [file for file in part["shipped"] if file["what"] == "draft"]
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path)
    told = [inspect_file(tmp_path / package.stem / draft["name"]) for draft in drafts]

    assert "drafts, until" in plain
    assert [file["name"].rpartition("/")[2] for file in part["shipped"] if file["what"] == "art_board"] == ["art_board.png"]
    assert len(drafts) == len(floor.drafts(cut)) == 2
    assert all(FindingKind.SOURCE_TYPE in {finding.kind for finding in each.findings} for each in told)
    assert {file["sha256"] for file in drafts} <= {entry["asset"]["sha256"] for entry in entries(haikei, cut, "handover")}


def test_ai_that_nobody_declared_is_a_question_and_what_is_declared_stands_in_the_record(
    haikei: RunningHaikei, floor: Floor, tmp_path: Path
) -> None:
    silent, open_ = Cut(3), Cut(4)
    for cut in (silent, open_):
        approve(floor, cut)
        haikei.wait_for(cut.code, "delivered")
    _, package = order(haikei, tmp_path, silent.code, open_.code)
    stems = [each["parts"][0]["stem"] for each in asked_for(package)["backgrounds"]]
    with zipfile.ZipFile(tmp_path / "back.zip", "w") as archive:
        for number, stem in enumerate(stems):
            archive.write(painting(tmp_path / f"{number}.png", number + 10, parameters=GENERATED), f"納品/{stem}_v02.png")
        archive.writestr("納品/ai-declaration.json", json.dumps({stems[1]: {"ai": True, "tool": "生成塗りつぶし"}}))
    before = {flag["flag"] for flag in listed(haikei)}

    said = received(haikei, tmp_path / "back.zip", "--order", package.stem)
    with haikei.engine.begin() as connection:  # as if the process had died before its last step
        connection.execute(database.received.delete().where(database.received.c.order_id == package.stem))
    again = received(haikei, tmp_path / "back.zip", "--order", package.stem)
    versions = {version.name: version for version in of_house(floor, package.stem)}
    raised = [flag for flag in listed(haikei) if flag["flag"] not in before]

    assert [each["fate"] for each in said["files"] if each["stem"]] == ["taken", "taken"]
    assert [each["version"] for each in again["files"]] == [each["version"] for each in said["files"]]
    assert len(versions) == len(of_house(floor, package.stem)) == 2
    assert [len(entries(haikei, cut, "revision.submitted")) for cut in (silent, open_)] == [1, 1]
    assert {code: version.declares_ai for code, version in versions.items()} == {f"{stems[0]}_v02": False, f"{stems[1]}_v02": True}
    assert [(flag["reason"], flag["shots"]) for flag in raised] == [("undeclared_ai", [silent.code])]
    (statement,) = entries(haikei, open_, "statement.signed")
    assert (statement["statement"]["claims"], statement["statement"]["tool"]) == (["ai_tool_used"], "生成塗りつぶし")


def test_a_layered_genzu_is_ordered_with_its_books_and_what_is_wrong_is_not_taken(
    haikei: RunningHaikei, floor: Floor, tmp_path: Path
) -> None:
    cut = Cut(5)
    hand_in(floor, cut, "genzu layered", write_layered_genzu(tmp_path / "c005.psd", 31), kind="Genzu")
    approve(floor, cut)

    unknown = haikei.haikei("order", "c999", cut.code, "--to", HOUSE, "--due", DUE, "--out", str(tmp_path))
    _, package = order(haikei, tmp_path, cut.code)
    ground, book = asked_for(package)["backgrounds"][0]["parts"]
    back = tmp_path / "back"
    back.mkdir()
    painting(back / f"{ground['stem']}.png", 5).write_bytes(painting(tmp_path / "whole.png", 5).read_bytes()[:-900])
    Image.new("RGB", (960, 540)).save(back / f"{book['stem']}.png")
    said = received(haikei, back)
    still_out = json.loads(haikei.haikei("orders", "--json").stdout)
    accepted = received(haikei, back, "--any-size")

    assert (unknown.returncode, "c999: no such cut" in unknown.stderr) == (1, True)
    assert [part["part"] for part in (ground, book)] == ["BG", "BOOK1"]
    assert [file["what"] for file in book["shipped"]] == ["line"]
    problems = {each["stem"]: each["said"] for each in said["files"]}
    assert "damaged or cut off" in problems[ground["stem"]]
    assert problems[book["stem"]] == "960 × 540 px, asked for: 1920 × 1080"
    assert sorted(said["missing"]) == sorted([ground["stem"], book["stem"]])
    assert [each["missing"] for each in still_out if each["order"] == package.stem] == [said["missing"]]
    assert accepted["missing"] == [ground["stem"]]
    assert [entry["part"] for entry in entries(haikei, cut, "revision.submitted")] == ["BOOK1"]


def test_a_package_holds_nothing_of_the_tracker_or_this_machine(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    approve(floor, Cut(1))
    _, package = order(haikei, tmp_path / "leaving", Cut(1).code, house="別の会社")
    with zipfile.ZipFile(package) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}

    secrets = [*floor.secrets, str(tmp_path), str(haikei.log.parent)]
    assert len(held) >= 8
    assert {(name, secret) for name, data in held.items() for secret in secrets if secret.encode() in data} == set()
    again, twin = order(haikei, tmp_path / "again", Cut(1).code, house="別の会社")
    assert twin.read_bytes() == package.read_bytes()
    assert "別の会社" in again


def test_a_show_without_ai_orders_receives_and_approves_all_the_same(tmp_path: Path, tracker: str) -> None:
    cut = Cut(1)
    with running_haikei(tmp_path, cuts=1, project={"ai_use": []}, tracker=tracker) as haikei:
        floor = haikei.floor
        early = haikei.haikei("order", cut.code, "--to", HOUSE, "--due", DUE, "--out", str(tmp_path / "out"))
        approve(floor, cut)
        haikei.wait(haikei.held, what="the refusal")
        _, package = order(haikei, tmp_path / "out", cut.code, "--with-drafts")
        (part,) = asked_for(package)["backgrounds"][0]["parts"]
        said = received(haikei, painting(tmp_path / "back" / f"{part['stem']}.png", 1).parent)
        (version,) = of_house(floor, package.stem)
        floor.set_version(version.id, Standing.APPROVED)
        haikei.wait(lambda: entries(haikei, cut, "revision.approved"), what="the approval")
        named = haikei.haikei("orders", "--all").stdout
        haikei.haikei("person", "forget", HOUSE, "--show", PROJECT, "--apply")
        forgotten = haikei.haikei("orders", "--all").stdout
        again = received(haikei, tmp_path / "back")

        assert (early.returncode, "its layout is not approved" in early.stderr) == (1, True)
        assert [file["what"] for file in part["shipped"]] == ["genzu", "line"]
        assert [each["fate"] for each in said["files"]] == ["taken"]
        assert [each["ai"] for each in said["files"]] == ["not declared"]
        assert HOUSE in named and HOUSE not in forgotten
        assert [each["fate"] for each in again["files"]] == ["taken before"]
