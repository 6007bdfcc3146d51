"""Feeds for machines: linked data, Atom, SRU and saved searches. Everybody may read them."""
