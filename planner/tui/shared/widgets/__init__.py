"""Widgets of what the screens share. Data in, messages out."""
