"""The summary of a record: what search, sets and pages need of it, read once."""
