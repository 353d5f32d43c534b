"""The versions of the tables, oldest first; each can be gone up and down on SQLite and on PostgreSQL."""
