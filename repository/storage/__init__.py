"""The one door to the database, and what its rows look like."""
