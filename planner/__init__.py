"""planner: a personal sales-discipline planner for one rep."""

__version__ = "0.1.0"
