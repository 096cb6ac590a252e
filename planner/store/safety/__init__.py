"""Queries of what keeps the database safe."""
