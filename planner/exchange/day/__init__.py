"""Files and servers of the day: its list, blocks, opening and closing."""
