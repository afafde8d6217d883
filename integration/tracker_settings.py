"""Where each tracker answers, and what is called what there."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from integration.secret_file import secret_of


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SceneFields(_Part):
    """Fields of a Shot, or of what backgrounds hang on, that say what the place looks like; empty for none."""

    place: str = "sg_place"
    season: str = "sg_season"
    time_of_day: str = "sg_time_of_day"
    weather: str = "sg_weather"
    light: str = "sg_light"
    art_note: str = "sg_art_note"
    """The art director's note on the background."""


class ShotGridSettings(_Part):
    """Where ShotGrid (Flow Production Tracking) answers, and as whom we speak."""

    url: str = ""
    """``https://studio.shotgrid.autodesk.com``."""
    script_name: str = "haikei"
    """The Script entity made for haikei alone."""
    api_key: SecretStr = SecretStr("")
    """Its key; better kept in `api_key_file`."""
    api_key_file: Path | None = None
    """A file that holds the key and nothing else."""
    timeout_s: float = Field(60.0, gt=0, le=600)
    """Longest wait for one answer."""
    scene_fields: SceneFields = SceneFields()
    """Where the words for the prompt stand."""
    shared_shots_field: str = ""
    """Field of a Shot that names the other Shots its background serves, where a studio keeps backgrounds on Shots; empty for none."""

    def key(self) -> str:
        """The API key, from the setting or its file.

        Raises:
            SettingsError: neither is there, or the file cannot be read.
        """
        return secret_of(self.api_key, self.api_key_file, "shotgrid.api_key")


class FtrackSceneFields(SceneFields):
    """The same as custom attributes of ftrack."""

    place: str = "place"
    season: str = "season"
    time_of_day: str = "time_of_day"
    weather: str = "weather"
    light: str = "light"
    art_note: str = "art_note"


class FtrackSettings(_Part):
    """Where ftrack answers, and as whom we speak."""

    url: str = ""
    """``https://studio.ftrackapp.com``."""
    api_user: str = "haikei"
    """Username of the active user made for haikei alone: what this user writes is taken for haikei's own."""
    api_key: SecretStr = SecretStr("")
    """A key that may act as that user; better kept in `api_key_file`."""
    api_key_file: Path | None = None
    """A file that holds the key and nothing else."""
    timeout_s: float = Field(60.0, gt=0, le=600)
    """Longest wait for one answer."""
    scene_fields: FtrackSceneFields = FtrackSceneFields()
    """Keys of the custom attributes where the words for the prompt stand."""

    def key(self) -> str:
        """The API key, from the setting or its file.

        Raises:
            SettingsError: neither is there, or the file cannot be read.
        """
        return secret_of(self.api_key, self.api_key_file, "ftrack.api_key")


USUAL_NAMES: dict[str, dict[str, Any]] = {
    "ftrack": {
        "approved": ("Approved",),
        "review_status": "Ready to start",
        "waiting_status": "On hold",
        "draft_status": "AI draft",
        "superseded_status": "Superseded",
        "outcomes": {"Used": "used", "Partly used": "partly_used", "Not used": "not_used"},
        "omitted_statuses": ("Omitted",),
        "retake_statuses": ("Revise",),
        "final_statuses": ("Approved", "Completed"),
        "orders": {"received_status": "Pending review"},
    }
}
"""What a show's statuses are usually called, by tracker, where it is not what `ProjectSettings` has."""


def with_usual_names(given: Any) -> Any:
    """Settings as they were given, with the usual names of their tracker in every show that gives none of its own."""
    usual = USUAL_NAMES.get(given.get("tracker", "")) if isinstance(given, dict) else None
    if usual is None or not isinstance(shows := given.get("projects"), dict):
        return given
    return {**given, "projects": {name: _filled(show, usual) for name, show in shows.items()}}


def _filled(given: Any, usual: dict[str, Any]) -> Any:
    if not isinstance(given, dict):
        return given
    return {**usual, **{key: _filled(value, usual[key]) if key == "orders" else value for key, value in given.items()}}
