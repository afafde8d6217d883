"""Starting, seeding, going on, stopping, and the page."""

import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import shotgun_api3

from integration.errors import SettingsError
from integration.sandbox.server import RunningSandbox, start_sandbox
from tests.contract.sandbox.conftest import PERSON, PROJECT


def client_of(sandbox: RunningSandbox) -> Any:
    return shotgun_api3.Shotgun(sandbox.url, script_name=sandbox.script_name, api_key=sandbox.api_key)


def test_a_seed_fills_an_empty_studio_with_files_and_fields_of_its_own(sg: Any) -> None:
    version = sg.find_one("Version", [["id", "is", 300]], ["sg_x", "sg_version_type", "image", "sg_uploaded_movie", "user"])

    assert (version["sg_x"], version["sg_version_type"], version["user"]["name"]) == ("見", "genzu", "桜井 ひろ")
    assert "/thumbnail/" in version["image"]
    assert sg.download_attachment(version["sg_uploaded_movie"]).startswith(b"\x89PNG")
    assert [task["id"] for task in sg.find_one("Shot", [["id", "is", 101]], ["tasks"])["tasks"]] == [201]
    assert sg.update("Version", 300, {"sg_status_list": "own"})["sg_status_list"] == "own"


def test_a_second_start_goes_on_with_the_same_studio(seed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "studio"
    with start_sandbox(seed, folder=folder) as first:
        sg = client_of(first)
        name = sg.schema_field_create("Shot", "text", "Mood")
        sg.update("Shot", 101, {name: "雨"})
        made = sg.create("Tag", {"name": "t"})["id"]
        sg.delete("Tag", made)
        key, last = first.api_key, sg.find("EventLogEntry", [])[-1]["id"]
        sg.close()
    first.stop()

    with start_sandbox(None, folder=folder) as second:
        sg = client_of(second)
        assert second.api_key == key
        assert sg.find_one("Shot", [["id", "is", 101]], [name])[name] == "雨"
        assert sg.find("EventLogEntry", [])[-1]["id"] == last
        assert sg.create("Tag", {"name": "t"})["id"] == made + 1
        assert sg.download_attachment({"type": "Attachment", "id": 1})
        sg.close()
    assert (folder / "api_key").stat().st_mode & 0o777 == 0o600


def test_without_a_seed_there_is_the_script_and_nothing_else(tmp_path: Path) -> None:
    with start_sandbox(None, folder=tmp_path / "bare") as sandbox:
        sg = client_of(sandbox)

        assert sg.find_one("ApiUser", [["firstname", "is", "haikei"]], ["generate_event_log_entries"])["generate_event_log_entries"] is True
        assert sg.find("Project", []) == []
        assert len(sg.find("EventLogEntry", [])) == 1
        assert len(sandbox.api_key) > 20
        sg.close()


def test_the_seeds_own_key_is_the_scripts(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"entities": [{"type": "ApiUser", "id": 5, "firstname": "haikei", "salted_password": "given"}]}))

    for _ in range(2):
        with start_sandbox(seed, folder=tmp_path / "studio") as sandbox:
            assert sandbox.api_key == "given"
            sg = client_of(sandbox)
            assert sg.find_one("ApiUser", [])["id"] == 5
            sg.close()


@pytest.mark.parametrize(
    "told",
    [
        "nonsense",
        [],
        {"entities": {}},
        {"entities": [{"type": "Nothing", "id": 1}]},
        {"entities": [{"type": "Shot"}]},
        {"entities": [{"type": "Shot", "id": 1}, {"type": "Shot", "id": 1}]},
        {"entities": [{"type": "Shot", "id": 1, "nothing": 1}]},
        {"entities": [{"type": "Task", "id": 1, "entity": {"type": "Shot", "id": 9}}]},
        {"entities": [{"type": "Version", "id": 1, "sg_uploaded_movie": {"file": "../secret"}}]},
        {"entities": [{"type": "Version", "id": 1, "sg_uploaded_movie": {"file": "/etc/passwd"}}]},
        {"schema": {"Nothing": {}}},
    ],
)
def test_a_broken_seed_is_refused_and_leaves_nothing(tmp_path: Path, told: Any) -> None:
    (tmp_path / "secret").write_text("x")
    seed = tmp_path / "seed" / "seed.json"
    seed.parent.mkdir()
    seed.write_text(json.dumps(told))

    with pytest.raises(SettingsError):
        start_sandbox(seed, folder=tmp_path / "studio")
    with start_sandbox(None, folder=tmp_path / "studio") as sandbox:
        sg = client_of(sandbox)
        assert sg.find("Shot", []) == []
        sg.close()


def test_a_taken_port_is_told(sandbox: RunningSandbox, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="port"):
        start_sandbox(None, port=int(sandbox.url.rpartition(":")[2]), folder=tmp_path / "other")


def test_a_studio_is_open_once(sandbox: RunningSandbox, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be opened"):
        start_sandbox(None, folder=tmp_path / "studio")


def test_serving_says_where_in_one_line_and_ends_on_sigterm(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from integration.sandbox.server import serve; serve(None, port=0, folder=Path(sys.argv[1]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "s")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        ready = next(json.loads(line) for line in process.stdout if line.startswith("{"))
        sg = shotgun_api3.Shotgun(ready["url"], script_name=ready["script_name"], api_key=ready["api_key"])
        assert sg.find("Project", []) == []
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        sg.close()
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def got(address: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
    data = urllib.parse.urlencode(form).encode() if form is not None else None
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data=data, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_the_page_shows_the_show_and_flips_a_status(sandbox: RunningSandbox, sg: Any, events: Any) -> None:
    sg.update("Shot", 102, {"code": "<script>alert(1)</script>"})
    events()
    status, page = got(f"{sandbox.url}/")
    token = re.findall(r'name="token" value="(\w+)"', page)[0]
    form = {"token": token, "person": str(PERSON["id"]), "status": "apr", "back": "/shots/101"}

    assert status == 200
    assert "雨の街" in page
    assert "桜井 ひろ" in page
    assert "/thumbnail/" in page
    assert "<script>" not in page
    status, shot = got(f"{sandbox.url}/tasks/201", form)
    assert (status, "c001_genzu" in shot) == (200, True)
    (event,) = events()
    assert (event["user"]["id"], event["meta"]["new_value"]) == (41, "apr")
    for worse, expected in (
        ({**form, "token": "x"}, 403),
        ({**form, "person": "99"}, 400),
        ({**form, "status": "nothing"}, 400),
    ):
        assert got(f"{sandbox.url}/tasks/202", worse)[0] == expected
    assert got(f"{sandbox.url}/tasks/202", form, Origin="http://evil.example")[0] == 403
    assert got(f"{sandbox.url}/tasks/9999", form)[0] == 400
    assert got(f"{sandbox.url}/shots/9999")[0] == 404
    assert events() == []


def test_the_page_goes_nowhere_else_afterwards(sandbox: RunningSandbox) -> None:
    token = re.findall(r'name="token" value="(\w+)"', got(f"{sandbox.url}/")[1])[0]
    form = {"token": token, "person": "41", "status": "apr", "back": "//evil.example/"}

    assert "カット" in got(f"{sandbox.url}/tasks/201", form)[1]


def test_many_callers_at_once_lose_nothing(sandbox: RunningSandbox) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def work(number: int) -> None:
        sg = client_of(sandbox)
        for index in range(10):
            sg.create("Shot", {"code": f"m{number}_{index}", "project": PROJECT})
        sg.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    sg = client_of(sandbox)
    ids = [event["id"] for event in sg.find("EventLogEntry", [])]
    assert len(sg.find("Shot", [["code", "starts_with", "m"]])) == 80
    assert ids == list(range(1, len(ids) + 1))
    sg.close()
