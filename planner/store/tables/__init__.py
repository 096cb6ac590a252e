"""The schema, stated once, as SQLModel tables.

`store/schema.sql` is made from here by `python -m planner.store.schema` and committed, so that a new
database needs no SQLModel to be made and a change of schema shows in the diff; a test holds the two together.

Conventions: amounts and weights are whole hundredths; local dates and times are ISO text; instants are whole seconds
since 1970 UTC. No REAL anywhere: the history of changes keeps rows as JSON, and JSON text rounds reals.
Table models are not validated by SQLModel: they are mapped to domain objects, which are.
"""

from planner.store.tables import base, calls, clients, day, mail, plan, review, snapshot

__all__ = ["base", "calls", "clients", "day", "mail", "plan", "review", "snapshot"]
