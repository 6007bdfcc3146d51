"""Keeping, publishing, finding: records, the publication line and what is read from it; no Flask in this room."""
