"""Upkeep: doctor, backup and restore, erasure. They know every table; nobody knows them."""
