"""Accounts: people, organisations, tokens, and the policy that says who may do what.

`policy` is pure; `people`, `organisations` and `tokens` keep their rows. Import those by name: they bring argon2 along.
"""

from __future__ import annotations

from repository.accounts.policy import OPERATOR, Actor, Subject, can

__all__ = ["OPERATOR", "Actor", "Subject", "can"]
