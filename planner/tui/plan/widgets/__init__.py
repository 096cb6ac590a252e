"""Widgets of the plan screens. Data in, messages out."""
