"""Staged batches: preview, apply, undo."""
