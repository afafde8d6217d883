"""The pretend studio's front door: starts and stops it."""

from integration.sandbox.shotgrid.running import RunningSandbox, serve, start_sandbox

__all__ = ["RunningSandbox", "serve", "start_sandbox"]
