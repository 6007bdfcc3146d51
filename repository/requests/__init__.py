"""Requests and their conversations, and the criteria that moderators judge by."""
