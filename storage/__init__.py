"""Tables and queries, one file a feature; a transaction is begun in `storage.db` and nowhere else."""
