"""Import and export: files of other programs."""
