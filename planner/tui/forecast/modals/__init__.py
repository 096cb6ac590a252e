"""Forms and questions of the forecast."""
