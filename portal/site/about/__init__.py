"""Pages that say who runs this, how resources are judged, what is kept, and how to use it."""
