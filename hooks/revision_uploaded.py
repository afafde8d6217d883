"""An artist hands in a revision on a review task: record it."""


def register(on):
    """Wait for Versions that receive their file."""

    @on.version_media()
    def record_revision(event, actions):
        actions.record_revision(event.version, because=event)
