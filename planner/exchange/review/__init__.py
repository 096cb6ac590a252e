"""Files and servers of the review, and learning."""
