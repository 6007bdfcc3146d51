"""OAI-PMH 2.0 as a harvester speaks it, whatever the provider sends (oai-pmh.md, E)."""
