"""Files and servers of mail in its windows."""
