"""Pages to find by: home and search."""
