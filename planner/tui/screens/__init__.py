"""Whole screens; each has its style sheet beside it."""
