"""Services of what keeps the base safe."""
