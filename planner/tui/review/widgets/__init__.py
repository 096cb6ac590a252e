"""Widgets of the review, and learning. Data in, messages out."""
