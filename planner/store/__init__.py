"""SQLite: tables, queries, history of changes, backups. Domain objects in, domain objects out."""
