"""Validation: profiles of rules, and what each says of a record."""
