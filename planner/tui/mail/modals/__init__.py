"""Forms and questions of mail in its windows."""
