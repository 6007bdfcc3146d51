"""Pages for those who connect systems: sources, the OAI-PMH explorer."""
