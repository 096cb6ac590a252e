"""Screens of the review, and learning."""
