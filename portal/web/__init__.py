"""What all faces share: frame, languages, security, negotiation, problems, requests of search."""
