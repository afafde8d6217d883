"""A revision is sent back to its artist: record by whom. A retake is no round of drafts."""


def register(on):
    """Wait for Versions whose status changes."""

    @on.version_status()
    def record_retake(event, actions):
        actions.record_retake(event.version, because=event)
