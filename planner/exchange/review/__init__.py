"""Files and servers of the review and of learning."""
