"""Services for reviews and learning."""
