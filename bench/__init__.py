"""Measurements: each is a command, prints a table and, as its last line, one JSON object."""
