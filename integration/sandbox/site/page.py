"""The page where a person sees the pretend studio and flips a task's status by hand."""

from integration.sandbox.site.studio import Studio


class Page:
    """Renders and takes the page."""

    def __init__(self, studio: Studio) -> None:
        """Prepare."""
        self._studio = studio

    def shown(self, path: str) -> str | None:
        """The page at `path`, None when there is none."""
        return None

    def sent(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """What a form does: 303 and where to go, or another status and words."""
        return 404, "There is no such page.\n"
