"""What a rep does, as functions: they take a desk (store, clock, settings) and return domain objects."""
