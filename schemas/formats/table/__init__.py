"""Tables in: CSV, TSV, XLSX, by their headers."""
