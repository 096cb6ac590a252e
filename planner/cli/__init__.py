"""The command line: one small module per command group. `quick` is the part that must start instantly."""
