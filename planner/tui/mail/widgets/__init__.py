"""Widgets of mail in its windows. Data in, messages out."""
