"""Services of the review, and learning."""
