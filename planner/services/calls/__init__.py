"""Calling services: the list, the session, scripts and the playbook."""
