"""Frozen values and pure rules. Nothing here reads the clock, a file or the database."""
