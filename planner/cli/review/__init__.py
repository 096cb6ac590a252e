"""Commands of the review, and learning."""
