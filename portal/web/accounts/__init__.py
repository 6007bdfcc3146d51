"""Accounts on pages: the one door to Flask-Security, its forms and sessions."""
