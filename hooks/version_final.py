"""A Version is marked final: ask for the approval that covers it."""


def register(on):
    """Wait for Versions whose status changes."""

    @on.version_status()
    def question_final(event, actions):
        actions.question_final(event.version, because=event)
