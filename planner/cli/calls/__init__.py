"""Call commands: the list, the session, scripts and the playbook."""
