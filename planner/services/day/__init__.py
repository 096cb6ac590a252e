"""Day services: the task list, the blocks, the morning and the evening."""
