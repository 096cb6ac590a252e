"""Widgets of the call screens. Data in, messages out."""
