"""Queries of the review, and learning."""
