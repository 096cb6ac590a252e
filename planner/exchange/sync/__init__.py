"""What travels between the rep's devices: sealed messages in a folder."""
