"""The commands for several devices."""
