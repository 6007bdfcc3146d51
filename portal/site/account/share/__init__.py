"""Sharing: an address is read, one form says what was found, and its maker sees what becomes of it."""
