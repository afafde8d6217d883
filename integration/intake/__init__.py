"""How events reach us, in effect once, and which hooks they concern."""
