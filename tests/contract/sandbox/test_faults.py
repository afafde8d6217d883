"""Bad days, asked for."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from shotgun_api3 import ProtocolError, ShotgunError

from integration.sandbox.server import RunningSandbox
from tests.contract.sandbox.conftest import PROJECT


def test_a_call_fails_as_often_as_asked_before_it_is_done(sg: Any, sandbox: RunningSandbox) -> None:
    sandbox.faults.fail("create", times=2, status=503)

    for _ in range(2):
        with pytest.raises(ProtocolError) as failed:
            sg.create("Tag", {"name": "a"})
        assert failed.value.errcode == 503

    assert sg.find("Tag", []) == []
    assert sg.create("Tag", {"name": "a"})["id"] == 1


def test_an_answer_can_be_lost_after_the_work_was_done(sg: Any, sandbox: RunningSandbox) -> None:
    sandbox.faults.fail("create", status=502, after=True)

    with pytest.raises(ProtocolError):
        sg.create("Tag", {"name": "a"})

    assert len(sg.find("Tag", [])) == 1


@pytest.mark.parametrize("after", [False, True])
def test_the_connection_can_be_cut(sg: Any, sandbox: RunningSandbox, after: bool) -> None:
    sandbox.faults.fail("update", status="reset", after=after)

    with pytest.raises(OSError):
        sg.update("Task", 201, {"sg_status_list": "apr"})

    assert sg.find_one("Task", [["id", "is", 201]], ["sg_status_list"])["sg_status_list"] == ("apr" if after else "rev")


@pytest.mark.parametrize("endpoint", ["upload_put", "link_file"])
def test_uploads_can_fail(sg: Any, sandbox: RunningSandbox, tmp_path: Path, endpoint: str) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(b"abc" * 1000)
    sg.BACKOFF = 0.0
    sandbox.faults.fail(endpoint, status=500)

    with pytest.raises(ShotgunError):
        sg.upload("Version", 300, str(file), field_name="sg_uploaded_movie")

    assert sg.upload("Version", 300, str(file), field_name="sg_uploaded_movie")


def test_downloads_can_fail_and_break_off(sg: Any, sandbox: RunningSandbox, tmp_path: Path) -> None:
    link = sg.find_one("Version", [["id", "is", 300]], ["sg_uploaded_movie"])["sg_uploaded_movie"]
    sandbox.faults.fail("download", status=503)
    with pytest.raises(ShotgunError):
        sg.download_attachment(link)
    whole = len(sg.download_attachment(link))
    sandbox.faults.truncate_downloads = 1

    sg.download_attachment(link, file_path=str(tmp_path / "half"))

    assert (tmp_path / "half").stat().st_size == whole // 2
    assert len(sg.download_attachment(link)) == whole


def test_answers_can_be_slow_and_faults_cleared(sg: Any, sandbox: RunningSandbox) -> None:
    sandbox.faults.latency_s = 0.2
    sandbox.faults.fail("read", times=5)
    started = time.monotonic()
    with pytest.raises(ProtocolError):
        sg.find_one("Task", [])
    assert time.monotonic() - started >= 0.2

    sandbox.faults.clear()

    assert sg.find_one("Task", [["project", "is", PROJECT]])["id"] == 201


def test_faults_can_be_set_from_another_process(sg: Any, sandbox: RunningSandbox) -> None:
    def post(wanted: Any, key: str = sandbox.api_key) -> int:
        request = urllib.request.Request(f"{sandbox.url}/sandbox/faults", data=json.dumps(wanted).encode(), headers={"X-Script-Key": key})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    assert post({"fail": [{"method": "read", "status": "reset"}], "latency_s": 0.01, "null_meta": 2}) == 200
    with pytest.raises(OSError):
        sg.find("Task", [])
    assert post({"clear": True}) == 200
    assert (sandbox.faults.latency_s, sandbox.faults.null_meta) == (0, 0)
    assert post({"clear": True}, key="wrong") == 403
    wrongs: list[Any] = [{"nothing": 1}, {"fail": [{"method": "read", "status": 200}]}, {"fail": [{"way": 1}]}, {"latency_s": -1}, [], "x"]
    for wrong in wrongs:
        assert post(wrong) == 400
