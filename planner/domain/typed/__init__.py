"""Parsing of what a rep types: dates, times, tasks, searches."""
