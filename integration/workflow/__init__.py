"""The durable story of a draft, from approval to the artist's task and back."""
