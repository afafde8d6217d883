"""A cut is omitted: withdraw its drafts. It is back: start what its approved layout asks for."""


def register(on):
    """Wait for Shots and Assets that are omitted, or are no longer."""

    @on.background_status(becomes="omitted")
    def withdraw_drafts(event, actions):
        actions.follow_background(event.background, because=event)

    @on.background_status(leaves="omitted")
    def reconsider_layout(event, actions):
        actions.follow_background(event.background, because=event)
