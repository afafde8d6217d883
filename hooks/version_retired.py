"""A Version is deleted in the tracker, or taken back: record it of drafts and revisions; a genzu's layout is looked at again."""


def register(on):
    """Wait for Versions that are deleted or taken back."""

    @on.version_retired()
    def record_retirement(event, actions):
        actions.record_retirement(event.version, because=event)

    @on.version_revived()
    def record_revival(event, actions):
        actions.record_revival(event.version, because=event)
