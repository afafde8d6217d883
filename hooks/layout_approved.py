"""A layout task is approved: start its background drafts."""


def register(on):
    """Wait for layout tasks that become approved."""

    @on.task_status(becomes="approved")
    def start_background_draft(event, actions):
        actions.start_draft(event.task, because=event)
