"""Modals of mail."""
