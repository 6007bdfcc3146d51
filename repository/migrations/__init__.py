"""The schema of the database: its steps (versions), and when they are run (migration)."""
