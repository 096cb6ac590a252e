"""Values and rules of mail in its windows."""
