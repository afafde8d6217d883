"""A pretend studio that speaks the way ftrack does, to ftrack's own clients."""
