"""The tables, a module per part of the house; migrations make them, these modules name them."""
