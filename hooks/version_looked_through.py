"""Anybody hands in a Version: look through its file for what it says of AI."""


def register(on):
    """Wait for Versions that receive their file."""

    @on.version_media()
    def look_through(event, actions):
        actions.look_through(event.version)
