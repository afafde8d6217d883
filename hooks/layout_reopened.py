"""A layout's approval is withdrawn: cancel its drafts, or supersede those already delivered."""


def register(on):
    """Wait for layout tasks that are no longer approved."""

    @on.task_status(leaves="approved")
    def withdraw_background_draft(event, actions):
        actions.withdraw_draft(event.task, because=event)
