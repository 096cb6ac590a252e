"""Client services: people, companies, deals, promises, complaints."""
