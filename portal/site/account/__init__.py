"""Pages of those who take part: log in, profile, share, my contributions, reports."""
