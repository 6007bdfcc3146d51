"""Upkeep: doctor, backup and restore, erasure. They know every table; no other part of the repository imports them."""
