"""Modals of the client screens."""
