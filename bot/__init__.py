"""Groundswell, the app itself."""
