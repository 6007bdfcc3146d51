"""AMB and the schema.org of pages: JSON-LD in, AMB out."""
