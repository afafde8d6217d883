"""An artist says what became of a draft, by its status or in the field for it: record it."""


def register(on):
    """Wait for draft Versions whose status or outcome changes."""

    @on.version_status()
    def record_outcome(event, actions):
        actions.record_outcome(event.version, because=event)

    @on.outcome_said()
    def record_outcome_said(event, actions):
        actions.record_outcome(event.version, because=event)
