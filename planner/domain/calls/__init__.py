"""Values and rules of calls: the list, the session, scripts and the playbook."""
