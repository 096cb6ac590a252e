"""Values and rules of the day: its list, its blocks, its morning and evening."""
