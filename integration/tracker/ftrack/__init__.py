"""ftrack behind our tracker's face; nothing else imports its client."""

from integration.tracker.ftrack.adapter import FtrackTracker, open_ftrack

__all__ = ["FtrackTracker", "open_ftrack"]
