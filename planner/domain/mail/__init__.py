"""Values and rules of email windows and triage."""
