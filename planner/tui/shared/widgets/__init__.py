"""Widgets that the screens share. Data in, messages out."""
