"""Frozen values and pure rules. Nothing here asks the time, reads a file or knows a database."""
