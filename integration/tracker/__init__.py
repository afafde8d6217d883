"""What haikei asks of a tracker, and the trackers that answer."""
