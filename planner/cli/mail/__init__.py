"""Mail commands."""
