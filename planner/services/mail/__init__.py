"""Services for mail in its windows."""
