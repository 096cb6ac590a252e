"""Queries of mail in its windows."""
