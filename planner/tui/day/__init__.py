"""Screens of the day: task list, blocks, morning and evening."""
