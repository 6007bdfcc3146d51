"""Contexts and sets: virtual repositories, and which sets a record is in. Pure."""
