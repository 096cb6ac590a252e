"""Services that keep the database safe."""
