"""Values and rules of the review, and learning."""
