"""A record and a concept as documents: page, formats, links between them."""
