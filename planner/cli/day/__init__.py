"""Day commands: the list, the blocks, the morning and the evening."""
