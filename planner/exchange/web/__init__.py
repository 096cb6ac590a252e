"""The page that a phone shows, and the server that hands it out."""
