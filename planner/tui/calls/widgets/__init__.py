"""Widgets of calls. Data in, messages out."""
