"""The texts a picture carries beside its pixels: PNG text, EXIF, XMP, comments; read with bounds, nothing in it is run."""

import io
import struct
import warnings
import zlib
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import ExifTags, Image, PngImagePlugin

from integration.errors import ArtworkError
from integration.provenance.generators import HIDDEN

LONGEST = 1_000_000
"""Characters of one text that are looked at."""
LARGEST_PX2 = 200_000_000
"""Most pixels of a picture that is opened, by its header."""
_XMP_BYTES = 8_000_000
_UTF16 = {b"UNICODE\0": "utf-16-be", b"ASCII\0\0\0": "ascii"}
_STEALTH_MARKS = (b"stealth_pnginfo", b"stealth_pngcomp")
_STEALTH_BITS = 8 * len(_STEALTH_MARKS[0])
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    RuntimeError,
    AttributeError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises on files made to break it."""


def texts_of(data: bytes) -> dict[str, str]:
    """Texts of the picture in `data` by key: its format's own, EXIF tags by name, XMP properties as ``prefix-less name``.

    Raises:
        ArtworkError: it cannot be read to where such texts may stand.
    """
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > LARGEST_PX2:
                raise ArtworkError(f"the picture claims {image.width} × {image.height} pixels", hint="It was not opened.")
            if isinstance(image, PngImagePlugin.PngImageFile):
                image.load()  # text may stand behind the pixels
            texts = _own(image) | _exif(image) | _xmp(image)
            return texts | _stealth(image)
    except _BROKEN as error:
        raise ArtworkError(f"the picture cannot be read: {type(error).__name__}", hint="Ask for the file again.") from error


def properties_of(xmp: bytes) -> dict[str, str]:
    """The simple properties of an XMP packet by local name, the last one winning; empty when it is no well-formed XML.

    Lists are joined by "; ".
    """
    try:
        root = fromstring(xmp[:_XMP_BYTES].strip(b"\0 \r\n\t"))
    except (ParseError, DefusedXmlException, ValueError, RecursionError):
        return {}
    found: dict[str, str] = {}
    for element in root.iter():
        for name, value in element.attrib.items():
            found[_local(name)] = value[:LONGEST]
        text = "; ".join(part.strip() for part in element.itertext() if part.strip()) if _is_property(element) else ""
        if text:
            found[_local(element.tag)] = text[:LONGEST]
    return {name: value for name, value in found.items() if name not in ("about", "lang", "xmptk", "parseType")}


def _own(image: Image.Image) -> dict[str, str]:
    texts = {str(key): _as_text(value) for key, value in image.info.items() if isinstance(value, str | bytes)}
    return {key: text for key, text in texts.items() if text and key.lower() not in ("xmp", "icc_profile", "exif", "photoshop")}


def _exif(image: Image.Image) -> dict[str, str]:
    exif = image.getexif()
    found: dict[int, object] = dict(exif) | dict(exif.get_ifd(ExifTags.IFD.Exif))
    names = {tag.value: tag.name for tag in ExifTags.Base}
    texts = {names.get(tag, f"EXIF {tag}"): _exif_text(value) for tag, value in found.items() if isinstance(value, str | bytes)}
    return {
        name: text for name, text in texts.items() if text and name not in ("XMLPacket", "MakerNote", "InterColorProfile", "ImageResources")
    }


def _exif_text(value: str | bytes) -> str:
    if isinstance(value, bytes) and value[:8] in _UTF16:
        coding, body = _UTF16[value[:8]], value[8 : 8 + 2 * LONGEST]
        if coding == "utf-16-be" and body[1:2] == b"\0" and body[:1] != b"\0":
            coding = "utf-16-le"
        return body.decode(coding, "replace").strip("\0 ")
    return _as_text(value)


def _xmp(image: Image.Image) -> dict[str, str]:
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or dict(image.getexif()).get(ExifTags.Base.XMLPacket)
    if packet is None:
        resources = getattr(image, "resources", None) or []
        packet = next((entry[-1] for entry in resources if entry[1] == 1060), None)  # Photoshop File Formats: 0x0424 is XMP
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    return properties_of(bytes(packet)) if isinstance(packet, bytes | bytearray) else {}


def _stealth(image: Image.Image) -> dict[str, str]:
    """The text hidden in the alpha channel's lowest bits, column by column, as some Stable Diffusion front ends write it; only its mark."""
    if image.mode != "RGBA" or image.width * image.height < _STEALTH_BITS:
        return {}
    columns = min(image.width, -(-_STEALTH_BITS // image.height))
    alpha = np.asarray(image.crop((0, 0, columns, image.height)).getchannel("A"), np.uint8)
    mark = np.packbits(alpha.T.ravel()[:_STEALTH_BITS] & 1).tobytes()
    return {HIDDEN: mark.decode("ascii")} if mark in _STEALTH_MARKS else {}


def _as_text(value: str | bytes) -> str:
    text = value if isinstance(value, str) else value[: 4 * LONGEST].decode("utf-8", "replace")
    return text[:LONGEST].strip("\0 \r\n")


def _is_property(element: Element) -> bool:
    """Whether the element holds text itself or only a list of texts, not further properties."""
    return all(_local(below.tag) in ("Alt", "Bag", "Seq", "li") for below in element.iter() if below is not element)


def _local(name: str) -> str:
    return str(name).rpartition("}")[2]
