"""The pretend studio as ftrack shows itself."""
