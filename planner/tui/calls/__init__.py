"""Screens for calls: the calling list, the session, scripts and the playbook."""
