"""Drafts leave with credentials that fit them and name their genzu; a revision is signed as painted over its draft."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from integration.production import VersionId
from integration.provenance.certificate import TRIAL
from integration.provenance.credentials import read_credentials
from integration.provenance.metadata import texts_of
from integration.settings import read_settings
from integration.tracker.opening import open_tracker
from tests.floor import Floor, Standing, approve
from tests.pretend_episode import Cut
from tests.running_haikei import RunningHaikei, running_haikei

CUT = Cut(1)


def moved(data: bytes, onto: bytes) -> bytes:
    """The credentials of one PNG in another."""
    start = data.index(b"caBX") - 4
    length = int.from_bytes(data[start : start + 4], "big") + 12
    return onto[:33] + data[start : start + length] + onto[33:]


def turned(data: bytes) -> bytes:
    """The picture upside down, saved anew."""
    file = io.BytesIO()
    Image.open(io.BytesIO(data)).rotate(180).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> Iterator[RunningHaikei]:
    """The services, with both drafts of the cut delivered."""
    with running_haikei(tmp_path_factory.mktemp("signed"), cuts=1, project={"drafts": 2}, tracker=tracker) as services:
        approve(services.floor, CUT)
        services.wait_for(CUT.code, "delivered")
        yield services


@pytest.fixture
def delivered(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> Path:
    """The first draft's file, as the tracker has it."""
    tracker, file = open_tracker(read_settings(haikei.settings_file)), tmp_path / "draft.png"
    tracker.download(tracker.version(VersionId(floor.drafts(CUT)[0].id)), file, limit_bytes=50_000_000)
    return file


def test_a_delivered_draft_is_signed_and_names_nobody(haikei: RunningHaikei, delivered: Path) -> None:
    data, root = delivered.read_bytes(), haikei.settings.state_folder / "keys" / "trial-root.pem"

    credentials = read_credentials(data, "image/png", roots=root.read_text(encoding="ascii"))
    holds = haikei.haikei("verify", "--picture", str(delivered))

    assert credentials is not None
    assert (credentials.fits, credentials.trusted, credentials.signer) == (True, True, TRIAL)
    assert texts_of(data)["AISystemUsed"] == "tiny"
    assert "製作".encode() not in data
    assert (holds.returncode, holds.stderr) == (0, "")
    assert "draft.delivered" in holds.stdout
    assert "Content Credentials by haikei" in holds.stdout
    assert "does not name the signer" in holds.stdout


def test_credentials_moved_to_another_picture_are_found(haikei: RunningHaikei, delivered: Path, tmp_path: Path) -> None:
    data, other = delivered.read_bytes(), tmp_path / "other.png"
    other.write_bytes(moved(data, turned(data)))

    told = haikei.haikei("verify", "--picture", str(other))

    assert told.returncode == 1
    assert "made for another file" in told.stdout


def test_a_revision_is_signed_once_the_record_says_from_which_draft(
    haikei: RunningHaikei, floor: Floor, delivered: Path, tmp_path: Path
) -> None:
    painted, signed = tmp_path / "painted.png", tmp_path / "painted.signed.png"
    painted.write_bytes(turned(delivered.read_bytes()))
    draft = floor.drafts(CUT)[0]
    stranger = haikei.haikei("sign", str(painted))
    floor.hand_in(CUT, f"{CUT.code}_v001", painted, task=haikei.rounds()[0].review_task, by="artist")
    haikei.wait(lambda: "--draft" in haikei.haikei("sign", str(painted)).stderr, what="the revision, of which no draft is said")

    floor.set_version(draft.id, Standing.USED, by="artist")
    haikei.wait(lambda: haikei.haikei("sign", str(painted)).returncode == 0, what="the outcome")

    credentials, known = read_credentials(signed.read_bytes(), "image/png"), haikei.haikei("verify", "--picture", str(signed))
    again = haikei.haikei("sign", str(painted))
    assert "knows no such revision" in stranger.stderr
    assert credentials is not None
    assert credentials.fits
    assert credentials.source_types == ("made with the help of a trained model",)
    assert known.returncode == 0
    assert "same pixels" in known.stdout
    assert "is there already" in again.stderr
