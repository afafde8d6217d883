"""The art director asks for new drafts in a Note: start another round, or say why not; keep what is drawn on it."""


def register(on):
    """Wait for Notes, and for pictures that come with them later."""

    @on.note_created()
    def start_new_round(event, actions):
        actions.start_new_round(event.note, because=event)

    @on.note_attached()
    def keep_drawings(event, actions):
        actions.keep_drawings(event.note, because=event)
