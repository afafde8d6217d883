"""A Version is marked final: record who approved a revision, and ask for the approval that covers AI-made area."""


def register(on):
    """Wait for Versions whose status changes."""

    @on.version_status()
    def question_final(event, actions):
        actions.question_final(event.version, because=event)

    @on.version_status()
    def record_approval(event, actions):
        actions.record_approval(event.version, because=event)
