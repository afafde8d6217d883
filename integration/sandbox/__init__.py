"""The pretend studio: a small server that speaks ShotGrid's api3, for demos and tests on this machine alone."""
