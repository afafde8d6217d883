"""Signed pictures say who made what from what, fit only themselves, and keep their pixels."""

import io
import shlex
import stat
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from integration.errors import ArtworkError, SettingsError
from integration.provenance.certificate import TRIAL, Certificate, read_certificate, trial_certificate
from integration.provenance.credentials import Credentials, read_credentials
from integration.provenance.draft_label import DraftFacts, Source
from integration.provenance.finding import FindingKind
from integration.provenance.inspection import inspect_file
from integration.provenance.metadata import texts_of
from integration.provenance.signing import SIDECAR, Signer
from integration.provenance.source_types import COMPOSITE_WITH_AI

FACTS = DraftFacts(system="house", version="house-1", parameters={"seed": "4711"})


def encoded(kind: str, seed: int = 0) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (40, 64, 3), dtype=np.uint8)).save(file, kind)
    return file.getvalue()


def pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).tobytes()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return trial_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def signer(certificate: Certificate) -> Signer:
    return Signer(certificate)


@pytest.fixture(scope="module")
def draft(signer: Signer) -> bytes:
    genzu = Source(data=encoded("PNG", seed=9), media_type="image/png", title="c012 原図")
    return signer.sign_draft(encoded("PNG"), title="c012 BG AI draft r1 A", genzu=genzu, facts=FACTS)


def ora() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "image/openraster")
        archive.writestr("data/layer0.png", encoded("PNG"))
    return file.getvalue()


def read(data: bytes, media_type: str = "image/png", roots: str = "") -> Credentials:
    credentials = read_credentials(data, media_type, roots=roots)
    assert credentials is not None
    return credentials


def test_a_signed_draft_fits_and_says_that_a_model_helped(draft: bytes, certificate: Certificate) -> None:
    credentials = read(draft, roots=certificate.roots)

    assert (credentials.fits, credentials.trusted, credentials.signer) == (True, True, TRIAL)
    assert credentials.source_types == ("made with the help of a trained model",)


def test_signing_leaves_every_pixel_as_it_was(draft: bytes) -> None:
    assert pixels(draft) == pixels(encoded("PNG"))


def test_a_signed_draft_carries_iptcs_fields_and_no_prompt(draft: bytes) -> None:
    texts = texts_of(draft)

    assert texts["DigitalSourceType"] == COMPOSITE_WITH_AI
    assert (texts["AISystemUsed"], texts["AISystemVersionUsed"]) == ("house", "house-1")
    assert "AIPromptInformation" not in texts


def test_a_signer_without_a_known_root_fits_but_is_not_trusted(draft: bytes) -> None:
    credentials = read(draft)

    assert (credentials.fits, credentials.trusted) == (True, False)


@pytest.mark.parametrize("place", [60, -60])
def test_one_changed_byte_breaks_the_credentials(draft: bytes, place: int) -> None:
    changed = bytearray(draft)
    changed[place] ^= 1

    assert not read(bytes(changed)).fits


def test_credentials_moved_to_another_picture_do_not_fit(draft: bytes) -> None:
    start = draft.index(b"caBX") - 4
    length = int.from_bytes(draft[start : start + 4], "big") + 12
    other = encoded("PNG", seed=5)
    moved = other[:33] + draft[start : start + length] + other[33:]

    credentials = read(moved)

    assert not credentials.fits
    assert "assertion.dataHash.mismatch" in credentials.problems


@pytest.mark.parametrize(
    ("media_type", "data"),
    [("image/png", encoded("PNG", 2)), ("image/jpeg", encoded("JPEG", 2)), ("image/tiff", encoded("TIFF", 2)), ("image/openraster", ora())],
)
def test_a_revision_is_signed_as_opened_from_its_draft(signer: Signer, draft: bytes, media_type: str, data: bytes) -> None:
    over = Source(data=draft, media_type="image/png", title="draft A")

    signed = signer.sign_revision(data, media_type, title="c012 BG", draft=over, stated_by_hand=False)

    credentials = read(signed, "zip" if media_type == "image/openraster" else media_type)
    assert credentials.fits
    assert credentials.source_types == ("made with the help of a trained model",)


def test_a_psd_is_signed_beside_and_the_sidecar_fits_no_other_file(signer: Signer, draft: bytes, tmp_path: Path) -> None:
    psd = b"8BPS" + bytes(300)
    over = Source(data=draft, media_type="image/png", title="draft A")

    sidecar = signer.sign_revision(psd, SIDECAR, title="c012 BG", draft=over, stated_by_hand=False)

    (tmp_path / "c012.psd").write_bytes(psd)
    (tmp_path / "c012.c2pa").write_bytes(sidecar)
    assert FindingKind.STALE_SIDECAR not in {finding.kind for finding in inspect_file(tmp_path / "c012.psd").findings}
    (tmp_path / "c012.psd").write_bytes(psd + b"painted further")
    assert FindingKind.STALE_SIDECAR in {finding.kind for finding in inspect_file(tmp_path / "c012.psd").findings}


def test_what_others_wrote_into_xmp_stays(signer: Signer, draft: bytes) -> None:
    file = io.BytesIO()
    own = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="CLIP STUDIO PAINT"/></rdf:RDF></x:xmpmeta>'
    )
    Image.new("RGB", (40, 40), "teal").save(file, "JPEG", xmp=own.encode())

    over = Source(data=draft, media_type="image/png", title="draft A")
    signed = signer.sign_revision(file.getvalue(), "image/jpeg", title="c012 BG", draft=over, stated_by_hand=True)

    texts = texts_of(signed)
    assert (texts["CreatorTool"], texts["DigitalSourceType"]) == ("CLIP STUDIO PAINT", COMPOSITE_WITH_AI)


def test_a_kind_of_file_that_carries_no_credentials_is_refused(signer: Signer, draft: bytes) -> None:
    over = Source(data=draft, media_type="image/png", title="draft A")

    with pytest.raises(ArtworkError, match="image/bmp"):
        signer.sign_revision(encoded("BMP"), "image/bmp", title="c012 BG", draft=over, stated_by_hand=False)


def test_a_key_held_by_a_program_signs_as_well(certificate: Certificate, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(certificate.key, encoding="ascii")
    program = tmp_path / "sign.py"
    program.write_text(
        "import sys; from cryptography.hazmat.primitives import hashes, serialization\n"
        "from cryptography.hazmat.primitives.asymmetric import ec, utils\n"
        f"key = serialization.load_pem_private_key(open({str(tmp_path / 'key.pem')!r}, 'rb').read(), None)\n"
        "r, s = utils.decode_dss_signature(key.sign(sys.stdin.buffer.read(), ec.ECDSA(hashes.SHA256())))\n"
        "sys.stdout.buffer.write(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))\n",
        encoding="utf-8",
    )
    held = Certificate(chain=certificate.chain, command=(sys.executable, str(program)))

    signed = Signer(held).sign_painting(encoded("PNG"), "image/png", title="c012 原図")

    assert read(signed).fits


def test_a_program_that_fails_is_told_and_nothing_is_signed(certificate: Certificate) -> None:
    held = Certificate(chain=certificate.chain, command=tuple(shlex.split("false")))

    with pytest.raises(ArtworkError, match="could not be signed"):
        Signer(held).sign_painting(encoded("PNG"), "image/png", title="c012")


def test_the_trial_certificate_is_made_once_and_its_key_is_private(tmp_path: Path) -> None:
    first, second = trial_certificate(tmp_path / "keys"), trial_certificate(tmp_path / "keys")

    assert first == second
    assert stat.S_IMODE((tmp_path / "keys" / "trial-key.pem").stat().st_mode) == 0o600


def _loosen(folder: Path) -> None:
    (folder / "trial-key.pem").chmod(0o644)


def _swap(folder: Path) -> None:
    trial_certificate(folder / "other")
    (folder / "trial-key.pem").write_bytes((folder / "other" / "trial-key.pem").read_bytes())


def _empty(folder: Path) -> None:
    (folder / "trial-chain.pem").write_bytes(b"nothing")


@pytest.mark.parametrize(("spoil", "words"), [(_loosen, "others may read"), (_swap, "does not belong"), (_empty, "holds no certificate")])
def test_a_certificate_that_cannot_be_used_is_refused_in_words(tmp_path: Path, spoil: Callable[[Path], None], words: str) -> None:
    trial_certificate(tmp_path)
    spoil(tmp_path)

    with pytest.raises(SettingsError, match=words):
        read_certificate(tmp_path / "trial-chain.pem", tmp_path / "trial-key.pem")
