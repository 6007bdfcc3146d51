"""The network: the one client, its guard against private addresses, and a guest's manners."""
