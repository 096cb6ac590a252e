"""Widgets of the review and of learning. Data in, messages out."""
