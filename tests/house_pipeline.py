"""A Look of the shipped house model at a toy's size, for tests that need its networks and not its pictures."""

from pathlib import Path

from render_service.looks import load_look


def build_house_look(folder: Path, *, name: str) -> Path:
    """Write the Look file ``folder/<name>.toml``; it paints 96×48 px in two steps."""
    shipped = load_look("house")
    look = folder / f"{name}.toml"
    look.write_text(
        f"""name = "{name}"
title = "House, small"
kind = "{shipped.kind}"

[model]
folder = "{shipped.folder}"
revision = "{shipped.revision}"
files_from = "SHA256SUMS"
licence = "{shipped.licence}"
commercial = true
training_data = "as the house Look says"

[sampler]
num_inference_steps = 2
guidance_scale = 1.5

[size]
width_px = 96
height_px = 48

[prompt]
template = "{{season}}, {{time_of_day}}"
negative = ""
""",
        encoding="utf-8",
    )
    return look
