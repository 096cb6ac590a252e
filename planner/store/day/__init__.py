"""Queries of the day: its list, blocks, opening and closing."""
