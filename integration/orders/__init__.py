"""Orders for outside houses: the package that goes out, and what comes back."""
