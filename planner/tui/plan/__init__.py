"""Screens of the plan: months, quotas, goals and the calendar."""
