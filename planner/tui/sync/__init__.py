"""The rep's devices on the screens."""
