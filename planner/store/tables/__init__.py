"""The schema, stated once, as SQLModel tables.

`store/schema.sql` is generated from here by `python -m planner.store.schema` and committed, so that creating a database
doesn't need SQLModel and a schema change shows in the diff. A test keeps the two in sync.

Conventions: amounts and weights are whole hundredths, local dates and times are ISO text, instants are whole seconds
since 1970 UTC. There is no REAL: the history of changes stores rows as JSON, and JSON text rounds reals. Table models
are not validated by SQLModel. They are mapped to domain objects, which are.
"""

from planner.store.tables import base, calls, clients, day, mail, plan, review, snapshot

__all__ = ["base", "calls", "clients", "day", "mail", "plan", "review", "snapshot"]
