"""Opens the tracker that settings name, its menu, and the people of a pretend one."""

from collections.abc import Callable
from datetime import timedelta

from integration.errors import NotInstalledError
from integration.settings import Settings
from integration.tracker.menu import Menu
from integration.tracker.pretend_staff import PretendStaff
from integration.tracker.protocol import Tracker


def open_tracker(settings: Settings) -> Tracker:
    """The tracker that `settings.tracker` names; nothing is contacted yet (`Tracker.server_time` does).

    Raises:
        SettingsError: its address or key is missing or unusable.
    """
    return TRACKERS[settings.tracker](settings)


def open_menu(settings: Settings, *, site: str) -> Menu | None:
    """How the tracker's menu calls our pages; None where it asks over a line of its own (`Tracker.listen`). `site` is the tracker's.

    Raises:
        SettingsError: there is no menu secret, or it cannot be read.
    """
    opened = MENUS.get(settings.tracker)
    return opened(settings, site) if opened else None


def open_pretend_staff(settings: Settings, *, password: str) -> PretendStaff:
    """The people of the pretend studio that settings name; they share `password`."""
    if settings.tracker == "ftrack":
        from integration.tracker.ftrack.pretend_staff import FtrackStaff  # the vendor's client is an extra

        return FtrackStaff(url=settings.ftrack.url, password=password)
    from integration.tracker.shotgrid.pretend_staff import ShotGridStaff  # the vendor's client takes 0.2 s to import

    return ShotGridStaff(url=settings.shotgrid.url, password=password)


def _open_shotgrid(settings: Settings) -> Tracker:
    from integration.tracker.shotgrid import open_shotgrid  # the vendor's client takes 0.2 s to import

    web = settings.web
    menu_url = f"{web.public_url}/menu/shotgrid/outcome" if web.port and web.public_url else ""
    return open_shotgrid(settings.shotgrid, settings.projects, settings.intake.look_back_s, menu_url=menu_url)


def _shotgrid_menu(settings: Settings, site: str) -> Menu:
    from integration.tracker.shotgrid.menu import ShotGridMenu  # its folder's client takes 0.2 s to import

    web = settings.web
    age, skew = timedelta(seconds=web.menu_age_s), timedelta(seconds=web.clock_skew_s)
    return ShotGridMenu(secret=web.secret(), site=site, age=age, skew=skew)


def _open_ftrack(settings: Settings) -> Tracker:
    try:
        from integration.tracker.ftrack import open_ftrack  # an extra, and its client takes half a second to import
    except ImportError as error:
        raise NotInstalledError("ftrack") from error

    return open_ftrack(
        settings.ftrack, settings.projects, settings.intake.look_back_s, schema_folder=settings.state_folder / "ftrack_schema"
    )


TRACKERS: dict[str, Callable[[Settings], Tracker]] = {"shotgrid": _open_shotgrid, "ftrack": _open_ftrack, "sandbox": _open_shotgrid}
"""Every tracker and how it is opened; the pretend studio speaks ShotGrid's language at an address its starter fills in."""
MENUS: dict[str, Callable[[Settings, str], Menu]] = {"shotgrid": _shotgrid_menu, "sandbox": _shotgrid_menu}
"""The menu of each tracker that calls our pages; one that asks over its own line is served by `Tracker.listen`."""
