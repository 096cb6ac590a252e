"""Commands of mail in its windows."""
