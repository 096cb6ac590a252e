"""Widgets of mail. Data in, messages out."""
