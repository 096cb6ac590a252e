"""Widgets of the plan. Data in, messages out."""
