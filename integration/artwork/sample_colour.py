"""Lays transparency on white and brings colours to sRGB."""

import io

from PIL import Image, ImageCms


def flattened(image: Image.Image, notes: list[str]) -> Image.Image:
    """`image` (L, LA, RGB, RGBA or CMYK) without transparency, on white; adds what was done to `notes`."""
    if image.mode == "CMYK" or (image.mode in {"L", "RGB"} and "transparency" not in image.info):
        return image
    clear = image.convert("RGBA")
    if clear.getchannel("A").getextrema() == (255, 255):
        return clear.convert("RGB")
    notes.append("transparency laid on white")
    paper = Image.new("RGB", clear.size, "white")
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper


def to_srgb(image: Image.Image, profile: bytes | None, notes: list[str]) -> Image.Image:
    """`image` (L, RGB or CMYK) as RGB in sRGB, by its ICC `profile` where it has one; adds what was done to `notes`."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            name = ImageCms.getProfileDescription(source).strip().strip("\0")
            if "srgb" in name.lower() and image.mode == "RGB":
                return image
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            notes.append("its colour profile does not fit and was not used")
        else:
            notes.append(f"converted from {'CMYK ' if image.mode == 'CMYK' else ''}{name[:60]} to sRGB")
            return converted if converted is not None else image.convert("RGB")
    if image.mode == "CMYK":
        notes.append("converted from CMYK without a profile; colours are rough")
    return image.convert("RGB")
