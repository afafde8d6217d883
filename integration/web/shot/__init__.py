"""The page of one cut: its story in pictures, everything recorded of it, and whether the record holds."""
