"""Values and rules of the day: its task list, its blocks, its morning and evening."""
