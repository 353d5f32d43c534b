"""Tables and queries, one file a feature; a transaction is begun in `storage.db` and nowhere else."""

import storage.reaction  # noqa: F401  whoever knows feedback must know reactions: the one table points to the other
