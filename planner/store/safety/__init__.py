"""Queries of what keeps the base safe."""
