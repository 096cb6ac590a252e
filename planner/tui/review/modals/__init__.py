"""Forms and questions of the review, and learning."""
