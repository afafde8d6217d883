"""What shall go wrong in the pretend studio."""

from integration.sandbox.shotgrid.faults import Failure, Faults

__all__ = ["Failure", "Faults"]
