"""Files: what contributors upload and the covers of records, kept by the hash of their bytes."""
