"""What a rep does, as functions: they take the app's context (store, clock, settings) and return domain objects."""
