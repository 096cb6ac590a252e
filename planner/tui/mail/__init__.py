"""Screens of mail in its windows."""
