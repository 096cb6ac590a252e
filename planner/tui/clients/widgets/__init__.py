"""Widgets of clients. Data in, messages out."""
