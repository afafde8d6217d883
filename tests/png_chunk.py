"""Puts a chunk into a PNG."""

import struct
import zlib

_HEADER_END = 33


def with_chunk(png: bytes, name: bytes, content: bytes) -> bytes:
    """`png` with one more chunk, right behind its header."""
    chunk = struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return png[:_HEADER_END] + chunk + png[_HEADER_END:]
