"""Widgets of the day. Data in, messages out."""
