"""Drafts leave with credentials that fit them and name their genzu; a revision is signed as painted over its draft."""

import io
from pathlib import Path

from PIL import Image

from integration.production import VersionId
from integration.provenance.certificate import TRIAL
from integration.provenance.credentials import read_credentials
from integration.provenance.metadata import texts_of
from integration.settings import read_settings
from integration.tracker.opening import open_tracker
from tests.flow.test_main_job import approve, drafts_of, hand_in_revision
from tests.pretend_episode import Cut, signed_in
from tests.running_haikei import running_haikei


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


def test_drafts_and_revisions_are_signed_and_a_moved_manifest_is_found(tmp_path: Path) -> None:
    cut = Cut(1)
    with (
        running_haikei(tmp_path, cuts=1, project={"drafts": 2}) as haikei,
        signed_in(haikei.sandbox.url) as coordinator,
        signed_in(haikei.sandbox.url, "artist") as artist,
    ):
        approve(coordinator, cut)
        delivered = haikei.wait_for(cut.code, "delivered")
        draft = drafts_of(coordinator, cut)[0]
        tracker = open_tracker(read_settings(haikei.settings_file))
        file = tmp_path / "draft.png"
        tracker.download(tracker.version(VersionId(str(draft["id"]))), file, limit_bytes=50_000_000)
        data = file.read_bytes()
        root = tmp_path / "state" / "keys" / "trial-root.pem"
        credentials = read_credentials(data, "image/png", roots=root.read_text(encoding="ascii"))

        assert credentials is not None
        assert (credentials.fits, credentials.trusted, credentials.signer) == (True, True, TRIAL)
        assert texts_of(data)["AISystemUsed"] == "tiny"
        assert "製作".encode() not in data
        holds = haikei.haikei("verify", "--picture", str(file))
        assert (holds.returncode, holds.stderr) == (0, "")
        assert "draft.delivered" in holds.stdout
        assert "Content Credentials by haikei" in holds.stdout

        other = tmp_path / "other.png"
        other.write_bytes(moved(data, turned(data)))
        told = haikei.haikei("verify", "--picture", str(other))
        assert told.returncode == 1
        assert "made for another file" in told.stdout

        painted = tmp_path / "painted.png"
        painted.write_bytes(turned(data))
        hand_in_revision(artist, cut, int(delivered.review_task), painted)
        haikei.wait(lambda: "--draft" in haikei.haikei("sign", str(painted)).stderr, what="the revision, of which no draft is said")
        artist.update("Version", draft["id"], {"sg_status_list": "use"})
        haikei.wait(lambda: haikei.haikei("sign", str(painted)).returncode == 0, what="the outcome")
        signed = (tmp_path / "painted.signed.png").read_bytes()
        credentials = read_credentials(signed, "image/png")
        assert credentials is not None
        assert credentials.fits
        assert credentials.source_types == ("made with the help of a trained model",)
        assert draft["code"].rsplit(" ", 1)[0].split(" r")[0].encode() in signed
        known = haikei.haikei("verify", "--picture", str(tmp_path / "painted.signed.png"))
        assert known.returncode == 0
        assert "same pixels" in known.stdout
