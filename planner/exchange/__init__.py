"""Reads and writes other programs' files, and talks to their servers."""
