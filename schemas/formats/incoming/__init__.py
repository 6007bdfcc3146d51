"""Files of unknown kind: what they are is told by their content."""
