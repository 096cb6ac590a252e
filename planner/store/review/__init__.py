"""Queries of the review and of learning."""
