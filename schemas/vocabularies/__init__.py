"""Vocabularies: schemes of concepts with labels, mappings and order."""
