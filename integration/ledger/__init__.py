"""The record of what people and machines contributed; stands alone: it imports nothing of ours but errors."""
