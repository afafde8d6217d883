"""Somebody logs, changes, withdraws or brings back time: record it."""


def register(on):
    """Wait for time logs."""

    @on.time_logged()
    def record_time(event, actions):
        actions.record_time(event.time_log, because=event)
