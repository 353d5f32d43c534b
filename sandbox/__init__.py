"""A small, strict Slack in one process, for people who try an app and for tests; it knows nothing of the app."""
