"""Modals of the review and of learning."""
