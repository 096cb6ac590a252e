"""Modals of the forecast."""
