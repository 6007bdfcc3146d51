"""RDF in and out: graphs of resources, and vocabularies."""
