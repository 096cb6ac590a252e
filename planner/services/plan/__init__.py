"""Plan services: months, quotas, goals and the calendar."""
