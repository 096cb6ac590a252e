"""Screens of the review and of learning."""
