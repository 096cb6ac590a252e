"""Screens of import and export."""
