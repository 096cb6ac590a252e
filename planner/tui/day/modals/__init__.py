"""Modals of the day."""
