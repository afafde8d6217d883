"""Pages of reports: choose one, read it, take it away as a file."""
