"""What files say about themselves: Content Credentials, source types, traces of generators."""
