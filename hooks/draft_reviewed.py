"""An artist says what became of a draft: record it."""


def register(on):
    """Wait for draft Versions whose status changes."""

    @on.version_status()
    def record_outcome(event, actions):
        actions.record_outcome(event.version, because=event)
