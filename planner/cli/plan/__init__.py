"""Plan commands: months, quotas, goals and the calendar."""
