"""Forms and questions of clients."""
