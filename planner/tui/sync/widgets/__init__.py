"""Widgets of the devices screen."""
