"""Collections: thematic pages, curated or by query, as the public sees them."""
