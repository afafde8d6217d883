"""The `haikei` command."""
