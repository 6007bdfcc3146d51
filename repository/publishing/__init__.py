"""Publication, the heart: preparing, sealing, opening, and what waits (design.md, 2)."""
