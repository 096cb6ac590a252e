"""iCalendar files, in and out."""
