"""Forms and questions of the day."""
