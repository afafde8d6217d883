"""A person's own record: read, put right, stated, taken along."""
