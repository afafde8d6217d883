"""The site itself: what it remembers, what it answers, and over which wire."""
