"""Dublin Core in and out (OAI-PMH 2.0, oai_dc)."""
