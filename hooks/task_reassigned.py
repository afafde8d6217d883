"""A review task gets somebody else: tell them of the drafts, and record the handover."""


def register(on):
    """Wait for people who are put on tasks or taken off them."""

    @on.task_assignees()
    def hand_over(event, actions):
        actions.hand_over(event.task, because=event)
