"""Services for email windows, triage and drafts."""
