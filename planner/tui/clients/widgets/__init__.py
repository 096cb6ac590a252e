"""Widgets of the client screens. Data in, messages out."""
