"""Services for several devices."""
