"""What a rep types: dates, times, tasks, searches."""
