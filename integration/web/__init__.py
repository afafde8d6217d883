"""The pages of haikei that people open in a browser."""
