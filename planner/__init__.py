"""planner: a daily planner for one sales rep."""

__version__ = "0.1.0"
