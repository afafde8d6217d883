"""ShotGrid (Flow Production Tracking) behind our tracker's face; nothing else imports its client."""

from integration.tracker.shotgrid.adapter import ShotGridTracker, open_shotgrid

__all__ = ["ShotGridTracker", "open_shotgrid"]
