"""Modals of the plan screens."""
