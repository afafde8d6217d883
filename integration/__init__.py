"""Everything that knows a tracker: intake, the durable workflows, the record, the command line. Never imports torch."""
