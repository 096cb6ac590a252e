"""Client commands: people, companies, deals, promises, complaints."""
