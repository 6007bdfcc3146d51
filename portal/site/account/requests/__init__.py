"""Pages by which anybody asks something of the network: report, takedown, contact; and follows it by a receipt."""
