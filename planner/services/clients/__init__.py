"""Services of clients: people, companies, deals, promises, complaints."""
