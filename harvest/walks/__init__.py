"""Walks: how each kind of source is followed, step by step, from a cursor that survives a kill."""
