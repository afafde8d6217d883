"""Opens the tracker that settings name."""

from collections.abc import Callable

from integration.settings import Settings
from integration.tracker.protocol import Tracker


def open_tracker(settings: Settings) -> Tracker:
    """The tracker that `settings.tracker` names; nothing is contacted yet (`Tracker.server_time` does).

    Raises:
        SettingsError: its address or key is missing or unusable.
    """
    return TRACKERS[settings.tracker](settings)


def _open_shotgrid(settings: Settings) -> Tracker:
    from integration.tracker.shotgrid import open_shotgrid  # the vendor's client takes 0.2 s to import

    return open_shotgrid(settings.shotgrid, settings.projects, settings.intake.look_back_s)


TRACKERS: dict[str, Callable[[Settings], Tracker]] = {"shotgrid": _open_shotgrid, "sandbox": _open_shotgrid}
"""Every tracker and how it is opened; the pretend studio speaks ShotGrid's language at an address its starter fills in."""
