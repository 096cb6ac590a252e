"""Values and rules of clients: people, companies, deals, promises, complaints."""
