"""XML: one hardened reader, a stream of records, errors, escaping."""
