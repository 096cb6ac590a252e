"""Widgets of the day's screens. Data in, messages out."""
