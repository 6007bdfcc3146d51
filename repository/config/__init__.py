"""The configuration: its sections, and how they are read."""
