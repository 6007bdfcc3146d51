"""Search by API: finding, suggestions, saved searches, vocabularies."""
