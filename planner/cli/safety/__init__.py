"""Commands of what keeps the base safe."""
