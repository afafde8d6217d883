"""What files say of models is found wherever it stands, and hostile files end in a finding."""

import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, PngImagePlugin
from typer.testing import CliRunner

from integration.cli.app import app
from integration.errors import ArtworkError
from integration.provenance.finding import Finding, FindingKind
from integration.provenance.inspection import inspect_bytes, inspect_file, pictures_below
from integration.provenance.source_types import MADE_BY_AI

A1111 = "masterpiece, village\nNegative prompt: people\nSteps: 28, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 1, Size: 512x512"
COMFY = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 1}}})
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" {attributes}>{inside}</rdf:Description>
</rdf:RDF></x:xmpmeta>"""


def picture() -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 255, (32, 48, 3), dtype=np.uint8))


def png(texts: dict[str, str] | None = None, image: Image.Image | None = None) -> bytes:
    info = PngImagePlugin.PngInfo()
    for key, text in (texts or {}).items():
        info.add_itxt(key, text)
    file = io.BytesIO()
    (image or picture()).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def jpeg(**options: Any) -> bytes:
    file = io.BytesIO()
    picture().save(file, "JPEG", **options)
    return file.getvalue()


def xmp(attributes: str = "", inside: str = "") -> str:
    return XMP.format(attributes=attributes, inside=inside)


def of_kind(kind: FindingKind, data: bytes) -> list[Finding]:
    return [finding for finding in inspect_bytes(data).findings if finding.kind is kind]


@pytest.mark.parametrize(
    ("tool", "texts"),
    [
        ("Stable Diffusion (AUTOMATIC1111 form)", {"parameters": A1111}),
        ("ComfyUI", {"prompt": COMFY}),
        ("ComfyUI", {"workflow": '{"last_node_id": 9, "nodes": []}'}),
        ("InvokeAI", {"invokeai_metadata": '{"positive_prompt": "village"}'}),
        ("NovelAI", {"Software": "NovelAI", "Comment": '{"sampler": "k_euler"}'}),
        ("Fooocus", {"fooocus_scheme": "fooocus", "parameters": "{}"}),
        ("SwarmUI", {"parameters": '{"sui_image_params": {"model": "x"}}'}),
        ("Midjourney", {"Description": "a village --ar 16:9 Job ID: 0123abcd-0000-4000-8000-000000000000"}),
        ("Made with Google AI", {"XML:com.adobe.xmp": xmp('xmlns:photoshop="p" photoshop:Credit="Made with Google AI"')}),
    ],
)
def test_a_generators_text_in_a_png_is_found_by_its_name(tool: str, texts: dict[str, str]) -> None:
    found = of_kind(FindingKind.GENERATOR, png(texts))

    assert [finding.tool for finding in found] == [tool]


def test_a_generators_text_in_exif_is_found() -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = b"UNICODE\0" + A1111.encode("utf-16-be")

    found = of_kind(FindingKind.GENERATOR, jpeg(exif=exif.tobytes()))

    assert [finding.where for finding in found] == ["UserComment"]


def test_text_hidden_in_the_alpha_channel_is_found() -> None:
    bits = np.unpackbits(np.frombuffer(b"stealth_pnginfo", np.uint8))
    alpha = np.full(32 * 48, 254, np.uint8)
    alpha[: len(bits)] |= bits
    image = picture().convert("RGBA")
    image.putalpha(Image.fromarray(alpha.reshape(48, 32).T.copy()))

    found = of_kind(FindingKind.GENERATOR, png(image=image))

    assert [finding.where for finding in found] == ["alpha channel"]


@pytest.mark.parametrize(
    "packet",
    [
        xmp(f'Iptc4xmpExt:DigitalSourceType="{MADE_BY_AI}"'),
        xmp(inside=f"<Iptc4xmpExt:DigitalSourceType>{MADE_BY_AI}</Iptc4xmpExt:DigitalSourceType>"),
        xmp('Iptc4xmpExt:AISystemUsed="Some Painter"'),
    ],
    ids=["attribute", "element", "system named"],
)
def test_what_iptc_fields_say_is_found_in_every_format(packet: str) -> None:
    tiff = io.BytesIO()
    picture().save(tiff, "TIFF", tiffinfo={700: packet.encode()})

    for data in (png({"XML:com.adobe.xmp": packet}), jpeg(xmp=packet.encode()), tiff.getvalue()):
        assert of_kind(FindingKind.SOURCE_TYPE, data)


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"Software": "CLIP STUDIO PAINT", "Author": "佐藤 美咲", "Comment": "背景 第3話 c012"},
        {"parameters": "shutter 1/60"},
        {"prompt": "please check the horizon"},
        {"XML:com.adobe.xmp": xmp('xmlns:xmp="x" xmp:CreatorTool="Adobe Photoshop 26.1 (Windows)"')},
        {"Title": "Imagen de fondo", "Description": "Leonardo's workshop, flux and fire"},
    ],
)
def test_an_artists_own_picture_gives_no_finding(texts: dict[str, str]) -> None:
    assert inspect_bytes(png(texts)).findings == ()


def test_a_picture_inside_a_layered_file_is_looked_through() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "image/openraster")
        archive.writestr("data/layer0.png", png({"prompt": COMFY}))

    found = of_kind(FindingKind.GENERATOR, file.getvalue())

    assert [finding.where for finding in found] == ["data/layer0.png, prompt"]


def archive_of(*names: str, content: bytes = b"x") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        png()[:200],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        archive_of("../../etc/passwd"),
        archive_of("a.png", content=b"\0" * 400_000_000),
        archive_of(*(f"{number}.txt" for number in range(5_001))),
        archive_of("a.png")[:-20],
        b"II*\0" + b"\xff" * 500,
    ],
    ids=["empty", "cut off", "no chunks", "outside itself", "bomb", "too many", "no directory", "wild offsets"],
)
def test_a_hostile_file_is_a_finding_and_no_crash(data: bytes) -> None:
    findings = inspect_bytes(data).findings

    assert [finding.kind for finding in findings] == [FindingKind.UNREADABLE]


def test_a_packet_full_of_entities_is_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'

    assert inspect_bytes(png({"XML:com.adobe.xmp": bomb})).findings == ()


def test_damaged_pictures_never_crash_the_inspection() -> None:
    whole = {"png": png({"parameters": A1111}), "jpeg": jpeg(xmp=xmp().encode()), "zip": archive_of("a.txt", "b.png")}
    dice = random.Random(20_261_123)

    for _ in range(150):
        data = bytearray(dice.choice(list(whole.values())))
        for _ in range(dice.randrange(1, 12)):
            data[dice.randrange(len(data))] = dice.randrange(256)

        assert inspect_bytes(bytes(data)) is not None


def test_a_folder_is_looked_through_to_its_end_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "ep01" / ".hidden").mkdir(parents=True)
    for name in ("b.png", "ep01/a.png", "ep01/.hidden/c.png", "b.xmp"):
        (tmp_path / name).write_bytes(png())
    (tmp_path / "link.png").symlink_to(tmp_path / "b.png")

    assert [file.relative_to(tmp_path).as_posix() for file in pictures_below([tmp_path])] == ["b.png", "ep01/a.png"]


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtworkError, match=r"nothing\.png"):
        list(pictures_below([tmp_path / "nothing.png"]))


def test_a_sidecar_beside_a_picture_is_read(tmp_path: Path) -> None:
    (tmp_path / "c001.png").write_bytes(png())
    (tmp_path / "c001.xmp").write_text(xmp(f'Iptc4xmpExt:DigitalSourceType="{MADE_BY_AI}"'), encoding="utf-8")

    found = inspect_file(tmp_path / "c001.png").findings

    assert [(finding.kind, finding.where) for finding in found] == [(FindingKind.SOURCE_TYPE, "c001.xmp")]


def test_the_command_exits_with_one_on_findings_and_names_them(tmp_path: Path) -> None:
    (tmp_path / "made.png").write_bytes(png({"prompt": COMFY}))
    (tmp_path / "drawn.png").write_bytes(png())

    both = CliRunner().invoke(app, ["inspect", str(tmp_path)])
    clean = CliRunner().invoke(app, ["inspect", str(tmp_path / "drawn.png"), "--json"])

    assert both.exit_code == 1
    assert "made.png" in both.output
    assert "ComfyUI" in both.output
    assert "drawn.png" not in both.output
    assert "2 files looked through, 1 with findings" in both.output
    assert clean.exit_code == 0
    assert json.loads(clean.output)["files_with_findings"] == 0


def test_a_file_of_another_kind_is_not_counted_as_looked_through(tmp_path: Path) -> None:
    (tmp_path / "plate.exr").write_bytes(b"v/1\x01" + bytes(100))
    (tmp_path / "drawn.png").write_bytes(png())

    said = CliRunner().invoke(app, ["inspect", str(tmp_path)]).output

    assert "1 files are of kinds that are not looked through" in said
    assert "1 files looked through, 0 with findings" in said
