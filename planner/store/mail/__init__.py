"""Queries of mail and its windows."""
