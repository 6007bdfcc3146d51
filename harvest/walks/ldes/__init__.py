"""Event streams of others (LDES, TREE), page by page; and the checker of `ldes check`."""
