"""Review commands, and learning."""
