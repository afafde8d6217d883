"""The rest of api3: following, schedules, note threads, streams and search."""

from collections.abc import Callable
from typing import Any

from integration.sandbox.site.studio import Actor, Studio

METHODS: dict[str, Callable[[Studio, Actor, Any], Any]] = {}
"""By name on the wire."""
