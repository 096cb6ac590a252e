"""Widgets of the forecast. Data in, messages out."""
