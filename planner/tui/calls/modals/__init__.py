"""Forms and questions of calls."""
