"""Files and servers of mail and its windows."""
