"""What a paired phone sees and does."""
