"""The board: every background in the pipeline by state, live."""
