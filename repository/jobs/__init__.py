"""Work that one process does for all: leases."""
