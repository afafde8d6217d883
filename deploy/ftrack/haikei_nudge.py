"""Tells haikei at once that something happened in ftrack; for a folder on FTRACK_EVENT_PLUGIN_PATH. README.md beside it says more.

Needs Python's own library and the client that loads it, nothing of haikei's. One datagram for each event: nothing is waited for,
nothing comes back, and where haikei does not run, nothing happens.
"""

import logging
import os
import socket
from typing import Any

import ftrack_api

ADDRESS = "127.0.0.1:8611"
"""Where haikei hears nudges (`intake.nudge_port`), unless HAIKEI_NUDGE says otherwise."""

log = logging.getLogger("haikei_nudge")


def register(session: Any, **_kw: Any) -> None:
    """Called by ftrack's client, and for other things by other hosts of plugins."""
    if not isinstance(session, ftrack_api.Session):
        return
    host, _, port = os.environ.get("HAIKEI_NUDGE", ADDRESS).rpartition(":")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_DGRAM)[0]
    except (OSError, ValueError) as error:
        log.warning("haikei is not told of events: HAIKEI_NUDGE is no address that is known here (%s)", error)
        return

    def nudge(_event: Any) -> None:
        try:
            with socket.socket(family, kind) as mouth:
                mouth.setblocking(False)
                mouth.sendto(b"!", address)
        except OSError as error:
            log.debug("haikei was not told of an event: %s", error)

    session.event_hub.subscribe("topic=ftrack.update", nudge)
