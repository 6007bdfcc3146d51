"""Bringing in: other networks' records, over a network that is not trusted (oai-pmh.md, E)."""
