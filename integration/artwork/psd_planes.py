"""Unpacks channels of Photoshop files, and refuses the damaged ones that psd-tools would give back black.

Format: Adobe Photoshop File Formats Specification, "Channel image data".
"""

import zlib

import cv2
import numpy as np
import numpy.typing as npt
from psd_tools import PSDImage
from psd_tools.api.layers import Layer
from psd_tools.compression import decode_prediction, decode_rle
from psd_tools.constants import ChannelID, Compression
from psd_tools.psd.image_data import ImageData
from psd_tools.psd.layer_and_mask import ChannelData

from integration.artwork.psd_header import PsdHeader

Plane = npt.NDArray[np.uint8]
"""H×W uint8."""


def layer_pixels(layer: Layer, header: PsdHeader) -> npt.NDArray[np.uint8]:
    """H×W×4 uint8 of a layer of a grey or RGB file, straight alpha, not cut to the canvas; 0×0×4 where it has no size.

    Raises:
        ValueError, KeyError, OSError, zlib.error: a channel is damaged or missing.
    """
    if layer.width < 1 or layer.height < 1:
        return np.zeros((0, 0, 4), np.uint8)
    stored = _channels(layer)
    size = (layer.width, layer.height)
    colours = [_plane(stored[channel], *size, header) for channel in range(1 if header.mode == "grey" else 3)]
    alpha = stored.get(ChannelID.TRANSPARENCY_MASK)
    opacity = np.full(colours[0].shape, 255, np.uint8) if alpha is None else _plane(alpha, *size, header)
    return np.asarray(cv2.merge([*(colours if len(colours) == 3 else colours * 3), opacity]), np.uint8)


def mask_pixels(layer: Layer, header: PsdHeader) -> Plane:
    """H×W uint8 of the layer's mask; 0×0 where nothing was drawn.

    Raises:
        ValueError, KeyError, OSError, zlib.error: it is damaged or missing.
    """
    mask = layer.mask
    assert mask is not None
    if mask.width < 1 or mask.height < 1:
        return np.zeros((0, 0), np.uint8)
    channel = ChannelID.REAL_USER_LAYER_MASK if mask.has_real() else ChannelID.USER_LAYER_MASK
    return _plane(_channels(layer)[channel], mask.width, mask.height, header)


def with_density(drawn: Plane, layer: Layer) -> Plane:
    """A mask (0 hides) at its density, 0 to 255: what it leaves of what it hides."""
    parameters = layer.mask.parameters if layer.mask else None
    density = 255 if parameters is None or parameters.user_mask_density is None else parameters.user_mask_density
    return drawn if density == 255 else (255 - (255 - drawn.astype(np.uint16)) * density // 255).astype(np.uint8)


def merged_pixels(psd: PSDImage, header: PsdHeader) -> Plane:
    """H×W×3 uint8 of the picture a drawing program saved with a grey or RGB file, on white, as the format has it.

    Raises:
        ValueError, OSError, zlib.error: it is damaged.
    """
    data, channels = psd._record.image_data, psd.channels
    planes = _plane(data, header.width_px, header.height_px * channels, header).reshape(channels, header.height_px, header.width_px)
    return np.asarray(cv2.merge([planes[place] for place in ((0, 0, 0) if header.mode == "grey" else (0, 1, 2))]), np.uint8)


def _channels(layer: Layer) -> dict[int, ChannelData]:
    return {info.id: data for info, data in zip(layer._record.channel_info, layer._channels, strict=True)}


def _plane(data: ChannelData | ImageData, width: int, height: int, header: PsdHeader) -> Plane:
    """One channel at 8 bits."""
    samples = np.frombuffer(_unpacked(data, width, height, header), ">u2" if header.depth == 16 else np.uint8).reshape(height, width)
    if header.depth == 16:
        return ((samples.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return samples


def _unpacked(data: ChannelData | ImageData, width: int, height: int, header: PsdHeader) -> bytes:
    wanted = width * height * header.depth // 8
    if data.compression is Compression.RAW:
        return data.data[:wanted]
    if data.compression is Compression.RLE:
        return decode_rle(data.data, width, height, header.depth, header.version)
    unpacker = zlib.decompressobj()
    unpacked = unpacker.decompress(data.data, wanted + 1)
    if data.compression is Compression.ZIP_WITH_PREDICTION:
        return decode_prediction(unpacked, width, height, header.depth)
    return unpacked
