"""Widgets of import and export. Data in, messages out."""
