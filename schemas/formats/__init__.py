"""Formats: a file or folder for each that is read or written, and the registry of them all."""
