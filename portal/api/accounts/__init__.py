"""Who has an account, over the API: people and their tokens."""
