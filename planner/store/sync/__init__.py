"""Several devices: what changed on one since the last exchange, and how another takes it in."""
