"""Forms and questions of the plan."""
