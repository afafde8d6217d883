"""A genzu arrives, is replaced, or is marked as such: start the drafts that wait for it, or replace those it makes old."""


def register(on):
    """Wait for Versions that appear, receive their file or change status; approval and upload may come in either order."""

    @on.version_media()
    def use_genzu(event, actions):
        actions.look_at_genzu(event.version, because=event)

    @on.version_status()
    def use_marked_genzu(event, actions):
        actions.look_at_genzu(event.version, because=event)
