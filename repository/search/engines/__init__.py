"""The engines behind the port of `index.engine`: tantivy (embedded) and Elasticsearch."""
