"""Commands that keep the database safe."""
