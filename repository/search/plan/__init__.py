"""From parameters and words to a plan that any engine can carry out. Pure."""
