"""The steps, each with its own DDL. A step that was released never changes."""
