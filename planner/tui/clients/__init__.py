"""Screens for clients: contacts, companies, deals, promises, complaints."""
