"""Queries of import and export."""
