"""Pure Block Kit, one file a feature: domain dataclasses in, blocks out."""
