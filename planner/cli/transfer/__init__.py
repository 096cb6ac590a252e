"""Import and export commands."""
