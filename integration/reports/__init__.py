"""What people read of the record; everything here is read from the ledger and nothing else."""
