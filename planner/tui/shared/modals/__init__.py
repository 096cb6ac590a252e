"""Modals that any screen may open."""
