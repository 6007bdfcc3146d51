"""Records as they are kept: pure decisions about them, and the two doors to their rows (lookup, writing)."""
