"""Records by API: reading, writing, judging, and how a record looks in JSON."""
