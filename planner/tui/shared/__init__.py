"""Code that the screens share."""
