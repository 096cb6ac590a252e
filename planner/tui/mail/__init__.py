"""Screens for mail in its windows."""
