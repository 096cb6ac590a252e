"""Frozen values and pure rules: nothing here reads the clock, a file or the database."""
