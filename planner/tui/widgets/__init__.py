"""Widgets: data in, messages out. None of them talks to a service."""
