"""Media by the hash of their content: a leaf that render workers open too."""
