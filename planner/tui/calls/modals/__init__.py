"""Modals of the call screens."""
