"""What a rep does, as functions that take the app's context (store, clock, settings) and return domain objects."""
