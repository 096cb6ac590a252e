"""Widgets of the settings. Data in, messages out."""
