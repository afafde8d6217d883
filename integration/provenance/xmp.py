"""Writes what IPTC asks of pictures made with models into a PNG or JPEG, without touching pixels or what others wrote.

Source: IPTC Photo Metadata Standard 2025.1 (namespace ``Iptc4xmpExt``); where packets stand: XMP Specification Part 3 (PNG: an iTXt chunk
``XML:com.adobe.xmp``; JPEG: an APP1 segment that begins with the namespace). Written before signing, because it changes the file.
"""

import struct
import zlib
from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError, SubElement, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from integration.errors import ArtworkError

IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
"""Namespace of the properties."""
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_META = "adobe:ns:meta/"
_PNG, _PNG_KEY = b"\x89PNG\r\n\x1a\n", b"XML:com.adobe.xmp"
_JPEG, _JPEG_KEY = b"\xff\xd8", b"http://ns.adobe.com/xap/1.0/\0"
_LONGEST_SEGMENT = 65_533
_PREFIXES = {"Iptc4xmpExt": IPTC, "rdf": _RDF, "x": _META}


def with_xmp(data: bytes, properties: Mapping[str, str]) -> bytes:
    """The PNG or JPEG `data` with these properties of `IPTC` in its XMP packet; those of the same name are replaced.

    Raises:
        ArtworkError: it is neither, it is damaged, or its packet is not XML.
    """
    try:
        if data.startswith(_PNG):
            return _in_png(data, properties)
        if data.startswith(_JPEG):
            return _in_jpeg(data, properties)
    except (struct.error, IndexError, ValueError, zlib.error) as error:
        raise ArtworkError("the picture is damaged: its parts cannot be told", hint="Export it again.") from error
    raise ArtworkError("IPTC fields are written into PNG and JPEG only", hint="Export it as one of them.")


def packet_with(packet: bytes, properties: Mapping[str, str]) -> bytes:
    """The XMP packet with these properties of `IPTC`; an empty one begins a new packet.

    Raises:
        ArtworkError: the packet is not XML, or no XMP.
    """
    root = _parsed(packet) if packet.strip(b"\0 \r\n\t") else Element(f"{{{_META}}}xmpmeta")
    rdf = root if root.tag == f"{{{_RDF}}}RDF" else root.find(f"{{{_RDF}}}RDF")
    if rdf is None:
        rdf = SubElement(root, f"{{{_RDF}}}RDF")
    names = {f"{{{IPTC}}}{name}": value for name, value in properties.items()}
    for description in list(rdf):
        for name in names:
            description.attrib.pop(name, None)
            for old in description.findall(name):
                description.remove(old)
    own = SubElement(rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""})
    for name, value in names.items():
        SubElement(own, name).text = value
    for prefix, uri in _PREFIXES.items():
        register_namespace(prefix, uri)
    body: bytes = tostring(root, encoding="utf-8")
    return b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n' + body + b'\n<?xpacket end="w"?>'


def _parsed(packet: bytes) -> Element:
    try:
        root: Element = fromstring(packet.strip(b"\0 \r\n\t"))
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise ArtworkError("the picture's XMP is no well-formed XML", hint="Export it again without it.") from error
    return root


def _in_png(data: bytes, properties: Mapping[str, str]) -> bytes:
    chunks, packet, place = [], b"", len(_PNG)
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        chunk = data[place : place + length + 12]
        if len(chunk) < length + 12:
            raise ValueError("a chunk is cut off")
        place += length + 12
        if chunk[4:8] == b"iTXt" and chunk[8:].startswith(_PNG_KEY + b"\0"):
            packet = _png_text(chunk[8:-4])
        else:
            chunks.append(chunk)
    body = b"iTXt" + _PNG_KEY + b"\0\0\0\0\0" + packet_with(packet, properties)
    own = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return _PNG + chunks[0] + own + b"".join(chunks[1:])


def _png_text(body: bytes) -> bytes:
    """Text of an iTXt chunk: key, 0, compressed?, method, language, 0, translated key, 0, text."""
    rest = body[len(_PNG_KEY) + 1 :]
    text = rest[2:].split(b"\0", 2)[2]
    return zlib.decompress(text) if rest[0] else text


def _in_jpeg(data: bytes, properties: Mapping[str, str]) -> bytes:
    segments, packet, place = [], b"", 2
    while data[place] == 0xFF and 0xE0 <= data[place + 1] <= 0xEF:
        (length,) = struct.unpack_from(">H", data, place + 2)
        segment = data[place : place + 2 + length]
        place += 2 + length
        if segment[1] == 0xE1 and segment[4:].startswith(_JPEG_KEY):
            packet = segment[4 + len(_JPEG_KEY) :]
        else:
            segments.append(segment)
    body = _JPEG_KEY + packet_with(packet, properties)
    if len(body) > _LONGEST_SEGMENT:
        raise ArtworkError("the picture's XMP does not fit into one JPEG segment", hint="Export it as PNG.")
    own = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    first = 1 if segments and segments[0][1] == 0xE0 else 0  # JFIF's own segment stays in front
    return _JPEG + b"".join(segments[:first]) + own + b"".join(segments[first:]) + data[place:]
