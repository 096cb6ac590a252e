"""Services of mail in its windows."""
